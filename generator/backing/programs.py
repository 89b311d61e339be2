"""Finds the programs of a server and makes sure that the server's user can run them."""

import re
import shutil
from importlib.util import find_spec
from pathlib import Path

from generator.backing.cleanup import Cleanup
from generator.backing.providers import UnsuitableError
from generator.backing.spawn import Setting, spawn

_VERSION_SECONDS = 20.0


def package_folder(package: str, distribution: str) -> Path:
    """The folder of an installed wheel's package, without importing it.

    Raises:
        UnsuitableError: the wheel is not installed.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise UnsuitableError(f"the package {distribution} is not installed")
    return Path(next(iter(spec.submodule_search_locations)))


def version_of(
    program: Path, pattern: str, *, setting: Setting, cleanup: Cleanup
) -> tuple[int, ...]:
    """Run `program --version` as the server's user and return the numbers it says.

    Args:
        program: what is run.
        pattern: a regular expression; each of its groups is a number.
        setting: how it is run.
        cleanup: who ends it should it hang.

    Raises:
        UnsuitableError: it cannot be run, or says no such numbers.
    """
    who = f"user {setting.account.name}" if setting.account else "this user"
    try:
        child = spawn([program, "--version"], setting=setting, cleanup=cleanup)
    except OSError as error:
        raise UnsuitableError(f"{who} cannot run {program}: {error.strerror}") from error
    child.wait(_VERSION_SECONDS)
    match = re.search(pattern, " ".join(child.lines()))
    if not match:
        raise UnsuitableError(f"{program} does not say its version", log=child.lines())
    return tuple(int(number) for number in match.groups())


def copied(programs: Path, into: Path) -> Path:
    """Copy programs of a wheel, with the libraries that it keeps beside its package.

    Args:
        programs: a folder directly inside the package.
        into: made.

    Returns:
        The copied folder.

    Raises:
        UnsuitableError: they cannot be copied.
    """
    package = programs.parent
    libraries = package.with_name(f"{package.name}.libs")
    target = into / package.name / programs.name
    try:
        shutil.copytree(programs, target, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, into / libraries.name, symlinks=True)
    except OSError as error:
        raise UnsuitableError(f"{programs} cannot be copied: {error}") from error
    return target
