"""The single steps of a change: each one call to the system, and each with its way back.

Whatever is taken away or put in place lies in the journal's folder before or after, so that its
being there says whether a step was done.
"""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from generator.changes.model import FileState, state_at
from generator.errors import ConflictError
from generator.files import Root
from generator.workspace import PRIVATE

# The folder of a change that is being carried out; while it is there, the change is not done.
JOURNAL = f"{PRIVATE}/journal"


@dataclass(frozen=True, kw_only=True, slots=True)
class TakeOut:
    """A file or a link goes into the journal's folder: deleted, or on its way elsewhere."""

    path: str
    slot: str
    before: FileState

    def do(self, root: Root) -> None:
        """Carry it out."""
        expect(root, self.path, self.before)
        root.rename(self.path, f"{JOURNAL}/{self.slot}")

    def changed(self, root: Root) -> str:
        """The path that a person has changed since it was done; empty when none was."""
        return self.path if _is_waiting(root, self.slot) and state_at(root, self.path) else ""

    def undo(self, root: Root) -> None:
        """Take it back, if it was done."""
        if not _is_waiting(root, self.slot):
            return
        if root.lstat(self.path) is not None:
            raise changed_since(root, self.path)
        root.rename(f"{JOURNAL}/{self.slot}", self.path)


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoveFolder:
    """A folder that became empty goes."""

    path: str
    mode: int

    def do(self, root: Root) -> None:
        """Carry it out."""
        root.rmdir(self.path)

    def changed(self, _root: Root) -> str:
        """Nothing that a person wrote."""
        return ""

    def undo(self, root: Root) -> None:
        """Take it back, if it was done."""
        if root.lstat(self.path) is None:
            root.mkdir(self.path)
        # Also after a kill right behind the line above.
        root.chmod_folder(self.path, self.mode)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceFolder:
    """A new folder comes, with everything in it.

    Attributes:
        folders: those below it, relative to the root, parents first.
        files: what will be in it, relative to the root.
    """

    path: str
    slot: str
    folders: tuple[str, ...]
    files: dict[str, FileState]

    def do(self, root: Root) -> None:
        """Carry it out."""
        # An empty folder would be replaced without a word.
        if root.lstat(self.path) is not None:
            raise refused(root, self.path, "it is there already")
        root.rename(f"{JOURNAL}/{self.slot}", self.path)

    def changed(self, root: Root) -> str:
        """The path that a person has changed since it was done; empty when none was."""
        if _is_waiting(root, self.slot):
            return ""
        for path, state in self.files.items():
            if state_at(root, path) not in {None, state}:
                return path
        return ""

    def undo(self, root: Root) -> None:
        """Take it back, if it was done; what others put into it stays."""
        if _is_waiting(root, self.slot) or not root.is_folder(self.path):
            return
        for path, state in self.files.items():
            if state_at(root, path) == state:
                root.unlink(path)
        for folder in (*reversed(self.folders), self.path):
            with suppress(OSError):
                root.rmdir(folder)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A file or a link comes, or another one in its place.

    Attributes:
        slot: what comes, in the journal's folder.
        backup: what was there, in the journal's folder; empty when nothing was.
    """

    path: str
    slot: str
    backup: str
    before: FileState | None
    after: FileState

    def do(self, root: Root) -> None:
        """Carry it out."""
        expect(root, self.path, self.before)
        root.rename(f"{JOURNAL}/{self.slot}", self.path)

    def changed(self, root: Root) -> str:
        """The path that a person has changed since it was done; empty when none was."""
        if _is_waiting(root, self.slot):
            return ""
        return self.path if state_at(root, self.path) not in {self.before, self.after} else ""

    def undo(self, root: Root) -> None:
        """Take it back, if it was done."""
        if _is_waiting(root, self.slot) or state_at(root, self.path) == self.before:
            return
        if self.changed(root):
            raise changed_since(root, self.path)
        if self.backup:
            root.rename(f"{JOURNAL}/{self.backup}", self.path)
        else:
            root.rename(self.path, f"{JOURNAL}/{self.slot}")


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceBehindLink:
    """The file behind a person's own link gets a content; always the last step.

    It lies outside the root, so nothing there is ever put back: until this step all the others
    can be taken back, and with it the change is complete. What it held lies in the journal's folder
    for a later change that undoes this one.
    """

    path: str
    slot: str
    backup: str
    through: str
    before: FileState | None
    after: FileState

    def do(self, root: Root) -> None:
        """Carry it out."""
        target = Path(self.through)
        if (root.path / self.path).resolve() != target or state_behind(target) != self.before:
            raise refused(root, self.path, "the file that it leads to was changed")
        content = root.read(f"{JOURNAL}/{self.slot}") or b""
        # Always the same name, so that what a kill leaves is used up by the next run.
        draft = target.with_name(f".{target.name}.generator")
        draft.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with os.fdopen(os.open(draft, flags, 0o600), "wb") as stream:
                stream.write(content)
                os.fchmod(stream.fileno(), stat.S_IMODE(self.after.mode))
            draft.replace(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def changed(self, _root: Root) -> str:
        """Nothing that would be put back."""
        return ""

    def undo(self, _root: Root) -> None:
        """Take nothing back: once it is done, the whole change is."""


Step = TakeOut | RemoveFolder | PlaceFolder | Place | PlaceBehindLink


def _is_waiting(root: Root, slot: str) -> bool:
    """Whether something lies in the journal's folder: to be put in place, or taken out."""
    return root.lstat(f"{JOURNAL}/{slot}") is not None


def state_behind(target: Path) -> FileState | None:
    """What is in the file that a person's own link leads to; None when there is none."""
    if not target.is_file():
        return None
    return FileState.of(target.read_bytes(), target.stat().st_mode)


def expect(root: Root, path: str, before: FileState | None) -> None:
    """See that a path is what the change was made for.

    Raises:
        ConflictError: that names it.
    """
    here = state_at(root, path)
    if here == before:
        return
    if here is None:
        raise refused(root, path, "it is gone")
    if before is None:
        raise refused(root, path, "it is there already")
    if here.digest == before.digest:
        raise refused(root, path, f"its mode is {stat.S_IMODE(here.mode):o} now")
    raise refused(root, path, "it was changed")


def refused(root: Root, path: str, reason: str) -> ConflictError:
    """The one line for a path that is not what the change was made for."""
    return ConflictError(
        f"{root.path / path} is not as it was when this change was prepared: {reason}.",
        hint="Nothing was changed. Run the command again: it begins with what is there now.",
    )


def changed_since(root: Root, path: str) -> ConflictError:
    """The one line for a path that a person changed before it could be taken back."""
    return ConflictError(
        f"{root.path / path} was changed after the command that wrote it had been interrupted, "
        "so that cannot be taken back.",
        hint="`generator sync --force` leaves it as it is and takes back the rest.",
    )
