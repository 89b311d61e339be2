"""A folder with everything that a change can meet, and a change that touches all of it."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.changes import (
    LINK_MODE,
    PROGRAM_MODE,
    ChangeSet,
    Delete,
    Entry,
    Move,
    Write,
    state_of,
)

Tree = dict[str, tuple[int, bytes]]


def read(root: Path) -> Tree:
    """Everything below `root` but the generator's own: type, permission bits, content."""
    tree: Tree = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.split("/")[0] == ".generator":
            continue
        mode = path.lstat().st_mode
        content = b""
        if stat.S_ISLNK(mode):
            content = os.fsencode(path.readlink())
        elif stat.S_ISREG(mode):
            content = path.read_bytes()
        tree[name] = (mode, content)
    return tree


def leftovers(root: Path) -> list[str]:
    """What a change left in the generator's own folder, beside what undoes the last one."""
    return sorted(p.name for p in (root / ".generator").glob("*") if p.name != "undo")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    files = {
        "changed": b"old\r\n",
        "mode": b"same",
        "gone": b"gone\0binary",
        "deep/er/only": b"x",
        "deep/stays": b"y",
        "old/a": b"a",
        "old/b": b"b",
        "file-turned-folder": b"file",
        "folder-turned-file/inside": b"inside",
        "untouched": b"untouched",
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "old").chmod(0o750)
    (folder / "gone").chmod(0o640)
    (folder / "empty").mkdir(mode=0o700)
    (folder / "link").symlink_to("changed")
    (folder / "link-that-goes").symlink_to("nowhere")
    return folder


Changes = Callable[[], ChangeSet]


@pytest.fixture
def changes(root: Path) -> Changes:
    """The change, made from what is in the folder now."""

    def made() -> ChangeSet:
        return ChangeSet.of("try everything", entries(root))

    return made


def entries(root: Path) -> list[Entry]:
    def delete(path: str) -> Delete:
        state = state_of(root, path)
        assert state
        return Delete(path=path, expects=state)

    def move(source: str, path: str) -> Move:
        state = state_of(root, source)
        assert state
        return Move(source=source, path=path, expects=state)

    return [
        Write(path="changed", content=b"new\n", expects=state_of(root, "changed")),
        Write(path="mode", content=b"same", mode=PROGRAM_MODE, expects=state_of(root, "mode")),
        Write(path="link", content=b"mode", mode=LINK_MODE, expects=state_of(root, "link")),
        Write(path="new", content=b"new"),
        Write(path="empty/first", content=b""),
        Write(path="made/of/much/one", content=b"1"),
        Write(path="made/of/two", content=b"2", mode=PROGRAM_MODE),
        Write(path="made/link", content=b"of/two", mode=LINK_MODE),
        Write(path="file-turned-folder/inside", content=b"now"),
        Write(path="folder-turned-file", content=b"now"),
        delete("gone"),
        delete("deep/er/only"),
        delete("link-that-goes"),
        delete("file-turned-folder"),
        delete("folder-turned-file/inside"),
        move("old/a", "renamed/deep/a"),
        move("old/b", "made/b"),
    ]


AFTER = {
    "changed": b"new\n",
    "mode": b"same",
    "link": b"mode",
    "new": b"new",
    "empty/first": b"",
    "made/of/much/one": b"1",
    "made/of/two": b"2",
    "made/link": b"of/two",
    "made/b": b"b",
    "file-turned-folder/inside": b"now",
    "folder-turned-file": b"now",
    "renamed/deep/a": b"a",
    "deep/stays": b"y",
    "untouched": b"untouched",
}
