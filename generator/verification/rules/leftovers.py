"""Finds what a merge or an update left behind: conflict markers and rejected hunks."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from generator.verification.context import Subject
from generator.verification.file_list import list_files, walk

_BEGIN = re.compile(rb"<{7}(?: |\r?$)")
_MIDDLE = re.compile(rb"={7}\r?$")
_END = re.compile(rb">{7}(?: |\r?$)")
_BINARY_PROBE = 8192


def find_conflict_markers(subject: Subject) -> Iterator[str]:
    """The place of each conflict that was never resolved.

    Only the three markers in their order count: a line of equals signs alone is a heading.
    """
    for path in list_files(subject.folder):
        if path.is_file() and not path.is_symlink():
            relative = path.relative_to(subject.folder)
            for line in _conflicts(path):
                yield f"{relative}:{line}: a conflict marker"


def find_rejects(subject: Subject) -> Iterator[str]:
    """Each `.rej` file, ignored ones too: a hunk of an update that was not applied."""
    for path in sorted(walk(subject.folder)):
        if path.suffix == ".rej":
            yield f"{path.relative_to(subject.folder)}: a rejected hunk"


def _conflicts(path: Path) -> list[int]:
    try:
        with path.open("rb") as stream:
            if b"\0" in stream.read(_BINARY_PROBE):
                return []
            stream.seek(0)
            return list(_marked(stream))
    except OSError:
        return []


def _marked(lines: Iterable[bytes]) -> Iterator[int]:
    begun, divided = 0, False
    for number, raw in enumerate(lines, start=1):
        line = raw.rstrip(b"\n")
        if _BEGIN.match(line):
            begun, divided = number, False
        elif begun and _MIDDLE.match(line):
            divided = True
        elif divided and _END.match(line):
            yield begun
            begun, divided = 0, False
