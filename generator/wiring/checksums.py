"""Signs generated text so that a hand edit is told from what a merge of two branches left."""

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache

# How each format of the wiring writes a comment: YAML and dotenv, SQL, Markdown.
_COMMENTS = (("# ", ""), ("-- ", ""), ("<!-- ", " -->"))
# `seal` is how the first workspaces have it.
_CHECKSUM = re.compile(r"(?:#|--|<!--) (?:checksum|seal):(?P<hashes>(?: [0-9a-f]{8})+)(?: -->)?")
# What git writes into a file that it could not merge; nobody's line either.
_CONFLICT = re.compile(r"<{7} .*|\|{7}(?: .*)?|={7}|>{7} .*")
_HASHES_PER_LINE = 10


def with_checksums(text: str) -> str:
    """The text with comment lines at its foot that hold a short hash of every line.

    One hash of the whole would be worthless after a merge; with these, every line can still be
    told to be the generator's.

    Args:
        text: generated text whose first line is a comment; theirs are written as it is.

    Raises:
        ValueError: when the first line is no comment, which is a defect of its template.
    """
    before, after = _comment(text)
    hashes = list(dict.fromkeys(_hash(line) for line in _lines(text)))
    rows = (
        " ".join(hashes[start : start + _HASHES_PER_LINE])
        for start in range(0, len(hashes), _HASHES_PER_LINE)
    )
    foot = "".join(f"{before}checksum: {row}{after}\n" for row in rows)
    return f"{text.rstrip()}\n\n{foot}"


def is_generated(text: str) -> bool:
    """Whether a text was generated, whatever became of its lines since."""
    return any(_CHECKSUM.fullmatch(line) for line in _stripped(text))


def is_hand_edited(current: str, expected: str) -> bool:
    """Whether writing `expected` over `current` would undo what a person did.

    A line is the generator's when a checksum in `current` is its hash or `expected` has it. So
    whatever git's union of two branches left, markers of a conflict included, is no person's;
    nor is a file whose service is gone, for which `expected` is empty.

    A line that has a checksum, is still expected and missing was taken out by a person; unless
    `current` is a union, whose other side may have taken it out. A union has a checksum twice.
    """
    checksums = [
        word
        for found in filter(None, map(_CHECKSUM.fullmatch, _stripped(current)))
        for word in found["hashes"].split()
    ]
    present, needed = set(map(_hash, _lines(current))), set(map(_hash, _lines(expected)))
    written = present - set(checksums) - needed
    taken_out = set(checksums) & needed - present
    is_union = len(checksums) != len(set(checksums))
    return bool(written) or bool(taken_out and not is_union)


def _comment(text: str) -> tuple[str, str]:
    for before, after in _COMMENTS:
        if text.startswith(before):
            return before, after
    raise ValueError("a wiring template begins with a comment: " + text[:40])


def _lines(text: str) -> Iterator[str]:
    for line in _stripped(text):
        if line and not _CHECKSUM.fullmatch(line) and not _CONFLICT.fullmatch(line):
            yield line


def _stripped(text: str) -> Iterator[str]:
    return (line.rstrip() for line in text.splitlines())


@lru_cache(maxsize=65_536)
def _hash(line: str) -> str:
    # The files of services have most of their lines in common, and the old text with the new one.
    return hashlib.sha256(line.encode(errors="surrogatepass")).hexdigest()[:8]
