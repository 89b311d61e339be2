"""Shows a change set before it is applied: as a tree, as a diff that git applies, as data."""

import difflib
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from generator.changes.model import ChangeSet, Delete, Entry, FileState, Move, Write
from generator.files import Root

# With its value: what looks like a name inside a quoted one is part of a secret.
_VARIABLE = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*
    (?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\r\n]*)""",
    re.MULTILINE | re.VERBOSE | re.DOTALL,
)
_QUOTED = re.compile(r'[\x00-\x1f"\\\x7f]')


def tree(changes: ChangeSet) -> str:
    """Every path that changes, each folder once, with a sign before it.

    `+` comes, `~` changes, `-` goes, `>` comes from elsewhere.
    """
    lines: list[str] = []
    above: list[str] = []
    for entry in sorted(changes.entries, key=lambda entry: entry.path.split("/")):
        *folders, name = entry.path.split("/")
        same = 0
        while same < min(len(above), len(folders)) and above[same] == folders[same]:
            same += 1
        lines += [
            f"{'  ' * depth}  {_shown(folders[depth])}/" for depth in range(same, len(folders))
        ]
        above = folders
        lines.append(f"{'  ' * len(folders)}{_sign(entry)} {_shown(name)}{_remark(entry)}")
    return "".join(f"{line}\n" for line in lines)


def diff(root: Path, changes: ChangeSet) -> str:
    """The change set as `git diff` would show it; what is secret shows names only.

    Args:
        root: the folder that is to be changed; read.
        changes: what is to be shown.
    """
    with Root(root) as below:
        return "".join(_entry_diff(below, entry) for entry in changes.entries)


def document(changes: ChangeSet, *, root: Path | None = None) -> list[dict[str, object]]:
    """The change set as data, one object an entry.

    Args:
        changes: what is to be shown.
        root: the folder that is to be changed, read for diffs; None when it has been changed
            already, and there is nothing left to compare with.
    """
    rows = [_entry_document(entry) for entry in changes.entries]
    if root is None:
        return rows
    with Root(root) as below:
        diffs = [_entry_diff(below, entry) for entry in changes.entries]
    return [{**row, "diff": text} for row, text in zip(rows, diffs, strict=True)]


def _sign(entry: Entry) -> str:
    match entry:
        case Move():
            return ">"
        case Delete():
            return "-"
        case _:
            return "+" if entry.expects is None else "~"


def _remark(entry: Entry) -> str:
    remarks = []
    if isinstance(entry, Move):
        remarks.append(f"from {_shown(entry.source)}")
    if isinstance(entry, Write) and entry.expects and entry.expects.mode != entry.mode:
        remarks.append(f"mode {_bits(entry.expects.mode)} → {_bits(entry.mode)}")
    if entry.discards_edit:
        remarks.append("discards what was edited by hand")
    if entry.why:
        remarks.append(entry.why)
    return f"  ({'; '.join(remarks)})" if remarks else ""


def _entry_document(entry: Entry) -> dict[str, object]:
    secret = isinstance(entry, Write) and entry.secret
    after = None if isinstance(entry, Delete) else _after(entry)
    before = None if isinstance(entry, Move) else entry.expects
    found: dict[str, object] = {
        "action": type(entry).__name__.lower(),
        "path": entry.path,
        "before": _state(before, secret=secret),
        "after": _state(after, secret=secret),
        "discards_edit": entry.discards_edit,
        "secret": secret,
        "why": entry.why,
    }
    return found | ({"source": entry.source} if isinstance(entry, Move) else {})


def _after(entry: Write | Move) -> FileState:
    return entry.after if isinstance(entry, Write) else entry.expects


def _state(state: FileState | None, *, secret: bool) -> dict[str, str] | None:
    if state is None:
        return None
    # The hash of a short secret tells the secret to whoever can count.
    return {"mode": f"{state.mode:o}"} | ({} if secret else {"sha256": state.digest})


def _entry_diff(root: Root, entry: Entry) -> str:
    if isinstance(entry, Move):
        return (
            f"diff --git {_quoted(f'a/{entry.source}')} {_quoted(f'b/{entry.path}')}\n"
            "similarity index 100%\n"
            f"rename from {_quoted(entry.source)}\nrename to {_quoted(entry.path)}\n"
        )
    after = b"" if isinstance(entry, Delete) else entry.content
    if isinstance(entry, Write) and entry.secret:
        return _names_diff(entry, _secret_before(root, entry), after)
    return "".join(_head(entry)) + _content_diff(entry, _content(root, entry), after)


def _head(entry: Write | Delete) -> Iterator[str]:
    yield f"diff --git {_quoted(f'a/{entry.path}')} {_quoted(f'b/{entry.path}')}\n"
    if isinstance(entry, Delete):
        yield f"deleted file mode {_git_mode(entry.expects.mode)}\n"
    elif entry.expects is None:
        yield f"new file mode {_git_mode(entry.mode)}\n"
    elif _git_mode(entry.expects.mode) != _git_mode(entry.mode):
        yield f"old mode {_git_mode(entry.expects.mode)}\nnew mode {_git_mode(entry.mode)}\n"


def _content(root: Root, entry: Write | Delete) -> bytes:
    if entry.expects is None:
        return b""
    if stat.S_ISLNK(entry.expects.mode):
        return root.readlink(entry.path).encode(errors="surrogateescape")
    return root.read(entry.path) or b""


def _secret_before(root: Root, entry: Write) -> bytes:
    if entry.expects is None:
        return b""
    return Path(entry.through).read_bytes() if entry.through else _content(root, entry)


def _content_diff(entry: Write | Delete, before: bytes, after: bytes) -> str:
    old = "/dev/null" if entry.expects is None else _quoted(f"a/{entry.path}")
    new = "/dev/null" if isinstance(entry, Delete) else _quoted(f"b/{entry.path}")
    if before == after:
        return ""
    if b"\0" in before + after:
        return f"Binary files {old} and {new} differ\n"
    lines = difflib.unified_diff(_lines(before), _lines(after), old, new)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _names_diff(entry: Write, before: bytes, after: bytes) -> str:
    """Which variables come and go, in lines that a patch may have between its parts."""
    had, has = _names(before), _names(after)
    gone = [f"# -{name}=(secret)\n" for name in had if name not in has]
    come = [f"# +{name}=(secret)\n" for name in has if name not in had]
    return "".join([f"# {_sign(entry)} {_shown(entry.path)}{_remark(entry)}\n", *gone, *come])


def _names(text: bytes) -> list[str]:
    """The names of variables; only those that one side lacks are ever shown."""
    return list(dict.fromkeys(_VARIABLE.findall(text.decode(errors="surrogateescape"))))


def _lines(content: bytes) -> list[str]:
    # At line feeds alone: a form feed or a lone carriage return is no end of a line to git.
    return re.findall(r"[^\n]*\n|[^\n]+", content.decode(errors="surrogateescape"))


def _git_mode(mode: int) -> str:
    """As git keeps it: of the permission bits only whether it can be run."""
    if stat.S_ISLNK(mode):
        return "120000"
    return "100755" if mode & stat.S_IXUSR else "100644"


def _bits(mode: int) -> str:
    return f"{stat.S_IMODE(mode):o}"


def _quoted(path: str) -> str:
    """As git writes a path with characters that would end or disturb the line."""
    return f'"{_escaped(path)}"' if _QUOTED.search(path) else path


def _shown(path: str) -> str:
    return _escaped(path) if _QUOTED.search(path) else path


def _escaped(path: str) -> str:
    return re.sub(
        r"[\x00-\x1f\"\\\x7f]",
        lambda found: f"\\{found[0]}" if found[0] in '"\\' else f"\\{ord(found[0]):03o}",
        path,
    )
