"""Reads from wiring/ what stays as it is for services that cannot be judged here."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from generator.catalog import BACKING_SERVICES
from generator.wiring import Database, Kept
from generator.workspace import Unjudged, Workspace

_READERS = re.compile(r'^CREDENTIALS_READERS="([^"]*)"', re.MULTILINE)


def kept_wiring(workspace: Workspace, unjudged: Sequence[Unjudged]) -> Kept:
    """What is wired already for these services; nothing where there are none.

    Which servers one of them needs nobody can say, so all that are included stay.
    """
    if not unjudged:
        return Kept()
    folder, names = workspace.wiring_dir, [one.name for one in unjudged]
    compose = _text(folder / "compose.yaml")
    paths = [f"../{backing.fragment}" for backing in BACKING_SERVICES]
    paths += [f"../services/{name}/compose.yaml" for name in names]
    passwords = _text(folder / "postgres/setup.env").splitlines()
    return Kept(
        includes=tuple(path for path in paths if f"{{path: {path}," in compose),
        databases=frozenset(name for name in names if _is_owner(name, passwords)),
        readers=frozenset(names) & frozenset(_readers(folder)),
    )


def _is_owner(name: str, passwords: Sequence[str]) -> bool:
    return any(line.startswith(f"{Database(service=name).password_name}=") for line in passwords)


def _readers(folder: Path) -> Iterator[str]:
    for path in sorted((folder / "env").glob("*.env")):
        for listed in _READERS.findall(_text(path)):
            yield from listed.split(",")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
