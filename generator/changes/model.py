"""What a command will write, move and delete, each with what it expects to find there."""

import hashlib
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from generator.files import Root
from generator.workspace import PRIVATE

FILE_MODE = 0o100644
PROGRAM_MODE = 0o100755
PRIVATE_MODE = 0o100600
LINK_MODE = 0o120000


@dataclass(frozen=True, kw_only=True, slots=True)
class FileState:
    """What is at a path.

    Attributes:
        mode: type and permission bits together, as git writes them: `0o100644`, `0o120000`.
        digest: SHA-256 of the content; of a link, of where it points to.
    """

    mode: int
    digest: str

    @classmethod
    def of(cls, content: bytes, mode: int) -> "FileState":
        """The state that such a content makes."""
        return cls(mode=mode, digest=hashlib.sha256(content).hexdigest())


@dataclass(frozen=True, kw_only=True, slots=True)
class Write:
    """A file or a link that gets a content, whether it is there or not.

    Attributes:
        path: relative to the root, with `/`.
        content: what it will hold; of a link, where it will point to.
        mode: type and permission bits.
        expects: what is there now; None when nothing is.
        why: a few words for people: what asks for it.
        discards_edit: whether something that a person wrote would be lost.
        secret: whether its values are shown to nobody.
        through: where the link at `path` leads, when the file behind it is what is written.
    """

    path: str
    content: bytes
    mode: int = FILE_MODE
    expects: FileState | None = None
    why: str = ""
    discards_edit: bool = False
    secret: bool = False
    through: str = ""

    @property
    def after(self) -> FileState:
        """What will be there."""
        return FileState.of(self.content, self.mode)


@dataclass(frozen=True, kw_only=True, slots=True)
class Delete:
    """A file or a link that goes; folders that become empty by it go too."""

    path: str
    expects: FileState
    why: str = ""
    discards_edit: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A file or a link that goes from `source` to `path`, as it is."""

    source: str
    path: str
    expects: FileState
    why: str = ""
    discards_edit: bool = False


Entry = Write | Delete | Move


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeSet:
    """Everything that one command changes; applied whole or not at all.

    Attributes:
        title: the command, as it is told to people: `new-service TEMPLATE NAME`.
        entries: by path.
    """

    title: str
    entries: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        touched = list(_touched(self.entries))
        for path in touched:
            check_path(path)
        if len(set(touched)) != len(touched):
            raise ValueError(f"a path is changed twice: {self.title}")
        if sum(bool(_through(entry)) for entry in self.entries) > 1:
            raise ValueError("only one file can be written behind a link")

    @classmethod
    def of(cls, title: str, entries: Iterable[Entry]) -> "ChangeSet":
        """A change set of these entries, without those that change nothing."""
        telling = (entry for entry in entries if not _is_idle(entry))
        return cls(title=title, entries=tuple(sorted(telling, key=lambda entry: entry.path)))

    def __bool__(self) -> bool:
        return bool(self.entries)

    def __add__(self, other: "ChangeSet") -> "ChangeSet":
        return ChangeSet.of(self.title, (*self.entries, *other.entries))

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path at which something will be, or will be gone."""
        return tuple(entry.path for entry in self.entries)

    @property
    def discarding(self) -> tuple[Entry, ...]:
        """The entries that would lose something that a person wrote."""
        return tuple(entry for entry in self.entries if entry.discards_edit)

    def with_moves(self) -> "ChangeSet":
        """This change set, where a file that goes and comes elsewhere unchanged is a move."""
        gone = {entry.expects: entry for entry in self.entries if isinstance(entry, Delete)}
        moved: dict[str, Move] = {}
        for entry in self.entries:
            # Empty files are all alike, and where a secret came from is nobody's business.
            if not isinstance(entry, Write) or entry.expects or entry.secret or not entry.content:
                continue
            if source := gone.pop(entry.after, None):
                moved[entry.path] = Move(
                    source=source.path, path=entry.path, expects=source.expects, why=entry.why
                )
        sources = {move.source for move in moved.values()}
        kept = (entry for entry in self.entries if entry.path not in sources)
        return replace(self, entries=tuple(moved.get(entry.path, entry) for entry in kept))


def check_path(path: str) -> None:
    """See that a path is below the root, and neither git's nor the generator's own.

    Raises:
        ValueError: when it is not.
    """
    parts = path.split("/")
    if "\0" in path or not all(parts) or {".", ".."} & set(parts):
        raise ValueError(f"{path!r} does not lie below the root")
    # Also as file systems spell it that ignore case, or a dot at the end of a name.
    if any(re.fullmatch(r"\.git[. ]*|git~\d", part, re.IGNORECASE) for part in parts):
        raise ValueError(f"{path!r} belongs to git")
    if parts[0].casefold() == PRIVATE:
        raise ValueError(f"{path!r} belongs to the generator")


def state_at(root: Root, path: str) -> FileState | None:
    """What file or link is at a path; None when nothing is, or a folder.

    Raises:
        DestinationRefusedError: when a link stands in the way to it.
    """
    found = root.lstat(path)
    if found is None or stat.S_ISDIR(found.st_mode):
        return None
    if stat.S_ISLNK(found.st_mode):
        return FileState.of(root.readlink(path).encode(errors="surrogateescape"), LINK_MODE)
    if not stat.S_ISREG(found.st_mode):
        return FileState(mode=found.st_mode, digest="")
    return FileState.of(root.read(path) or b"", found.st_mode)


def _touched(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        yield entry.path
        if isinstance(entry, Move):
            yield entry.source


def _through(entry: Entry) -> str:
    return entry.through if isinstance(entry, Write) else ""


def _is_idle(entry: Entry) -> bool:
    return isinstance(entry, Write) and entry.after == entry.expects
