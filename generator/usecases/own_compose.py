"""Finds what the compose files that people wrote themselves take: names and host ports."""

import os
from collections.abc import Iterator
from pathlib import Path

from generator.catalog import BACKING_SERVICES
from generator.wiring import hand_set_ports, included_paths, service_names
from generator.workspace import SERVICES, Workspace

_ROOT = "compose.yaml"


def own_compose_names(workspace: Workspace) -> dict[str, str]:
    """The compose services that the root file and what it includes define, each with its file.

    What the generator brings along is left out: `wiring/`, the services' files and those of the
    backing services.
    """
    found: dict[str, str] = {}
    for path in _own_files(workspace):
        for name in service_names(_text(path)):
            found.setdefault(name, os.path.relpath(path, workspace.root))
    return found


def ports_set_by_hand(workspace: Workspace) -> dict[int, str]:
    """The host ports that the workspace's own compose files publish, and which file does."""
    found: dict[int, str] = {}
    infra = sorted((workspace.root / "infra").glob("*"))
    for path in (*_own_files(workspace), *infra):
        if path.suffix in {".yaml", ".yml"} and path.is_file():
            found |= hand_set_ports(_text(path))
    return found


def _own_files(workspace: Workspace) -> Iterator[Path]:
    rendered = {workspace.root / backing.fragment for backing in BACKING_SERVICES}
    waiting, seen = [workspace.root / _ROOT], set(rendered)
    while waiting:
        path = Path(os.path.normpath(waiting.pop()))
        ours = path.is_relative_to(workspace.wiring_dir) or path.match(f"{SERVICES}/*/{_ROOT}")
        if path in seen or ours or not path.is_file():
            continue
        seen.add(path)
        yield path
        waiting += [path.parent / included for included in included_paths(_text(path))]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        # Compose says so far better.
        return ""
