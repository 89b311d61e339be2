"""The folder that tells how to take an interrupted change back: its steps and what it replaced."""

import errno
import json
import secrets
import shutil
import stat
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from generator.changes.model import LINK_MODE, ChangeSet, FileState, check_path
from generator.changes.planning import Plan
from generator.changes.steps import (
    JOURNAL,
    Place,
    PlaceBehindLink,
    PlaceFolder,
    RemoveFolder,
    Step,
    TakeOut,
)
from generator.errors import ConflictError, DestinationRefusedError
from generator.files import STAGING_PREFIX, Root
from generator.workspace import PRIVATE

SCHEMA = 1
# What the last change replaced and how, until the next one: with secrets, so for its owner alone.
KEPT = f"{PRIVATE}/undo"
_STEPS = "steps.json"
_KINDS: dict[str, type[Step]] = {
    "take-out": TakeOut,
    "remove-folder": RemoveFolder,
    "place-folder": PlaceFolder,
    "place": Place,
    "place-behind-link": PlaceBehindLink,
}
# Anything may stand there: somebody's file, half of one, or that of a version to come.
_UNREADABLE = (
    DestinationRefusedError, OSError, ValueError, KeyError, TypeError, AttributeError,
    RecursionError,
)  # fmt: skip
_WORDS = {kind: word for word, kind in _KINDS.items()}


class UnreadableJournalError(ConflictError):
    """A journal that cannot be understood."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Journal:
    """A change that was begun: the command that began it and its steps, in order."""

    title: str
    steps: tuple[Step, ...]


def begin(root: Root, changes: ChangeSet, plan: Plan) -> Journal:
    """Lay everything ready that the steps need, then make it the journal, in one step.

    Until then a kill leaves a folder that the next run sweeps away, and nothing else.
    """
    if root.lstat(PRIVATE) is None:
        root.mkdir(PRIVATE)
    draft = f"{PRIVATE}/{STAGING_PREFIX}{secrets.token_hex(8)}"
    root.mkdir(draft, 0o700)
    try:
        for folder in plan.folders:
            root.mkdir(f"{draft}/{folder}")
        for slot, write in plan.new.items():
            if write.mode == LINK_MODE:
                root.symlink(write.content.decode(errors="surrogateescape"), f"{draft}/{slot}")
            else:
                root.create(f"{draft}/{slot}", write.content, stat.S_IMODE(write.mode))
        for slot, path in plan.backups.items():
            _back_up(root, path, f"{draft}/{slot}")
        journal = Journal(title=changes.title, steps=tuple(plan.steps))
        root.create(f"{draft}/{_STEPS}", _text(journal).encode(), 0o600)
        # What was there must be found again even when the machine itself goes down.
        root.sync(f"{draft}/{_STEPS}")
        root.sync(draft)
        root.rename(draft, JOURNAL)
    except BaseException:
        discard(root, draft)
        raise
    return journal


def is_pending(root: Root) -> bool:
    """Whether a change was begun and has not come to its end."""
    return root.lstat(JOURNAL) is not None


def read(root: Root) -> Journal:
    """The change that was begun.

    Raises:
        UnreadableJournalError: when what is there cannot be understood.
    """
    try:
        return _parsed(root.read(f"{JOURNAL}/{_STEPS}") or b"")
    except _UNREADABLE as error:
        raise UnreadableJournalError(
            f"{root.path / JOURNAL / _STEPS} cannot be read, "
            "so an interrupted change stays as it is.",
            hint="Look at it with `git status`; `generator sync --force` puts the journal aside.",
        ) from error


def end(root: Root) -> None:
    """Forget the change: it is complete, or nothing of it is left."""
    done = f"{PRIVATE}/{STAGING_PREFIX}{secrets.token_hex(8)}"
    root.rename(JOURNAL, done)
    discard(root, done)


def keep(root: Root) -> None:
    """Make the change, which is complete, the one that can be undone; forget the one before it."""
    forget(root)
    root.rename(JOURNAL, KEPT)


def forget(root: Root) -> None:
    """Forget the change that could be undone."""
    if root.lstat(KEPT) is None:
        return
    done = f"{PRIVATE}/{STAGING_PREFIX}{secrets.token_hex(8)}"
    root.rename(KEPT, done)
    discard(root, done)


def read_kept(root: Root) -> Journal | None:
    """The change that can be undone; None when there is none.

    Raises:
        UnreadableJournalError: when what is there cannot be understood.
    """
    path = f"{KEPT}/{_STEPS}"
    if root.lstat(KEPT) is None:
        return None
    try:
        return _parsed(root.read(path) or b"")
    except _UNREADABLE as error:
        raise UnreadableJournalError(
            f"{root.path / path} cannot be read, so the last command cannot be undone.",
            hint="`generator undo --forget` removes it.",
        ) from error


def put_aside(root: Root) -> str:
    """Keep the journal's folder under another name; return that name."""
    number = 1
    while root.lstat(f"{PRIVATE}/interrupted-{number}") is not None:
        number += 1
    aside = f"{PRIVATE}/interrupted-{number}"
    root.rename(JOURNAL, aside)
    return aside


def discard(root: Root, folder: str) -> None:
    """Remove a folder of ours; what cannot be removed is left to the next sweep."""
    with suppress(OSError), root.parent(folder) as (parent, name):
        shutil.rmtree(name, ignore_errors=True, dir_fd=parent)


def _back_up(root: Root, path: str, slot: str) -> None:
    """Give the file a second name; where the file system has none, copy it."""
    try:
        root.link(path, slot)
    except NotImplementedError:
        pass
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENOSPC, errno.EDQUOT, errno.EROFS}:
            raise
    else:
        return
    found = root.lstat(path)
    if found is not None and stat.S_ISLNK(found.st_mode):
        root.symlink(root.readlink(path), slot)
    elif found is not None:
        root.create(slot, root.read(path) or b"", stat.S_IMODE(found.st_mode))


def _parsed(text: bytes) -> Journal:
    document = json.loads(text)
    if document["schema"] != SCHEMA:
        raise ValueError(document["schema"])
    steps = tuple(_step(dict(row)) for row in document["steps"])
    return Journal(title=str(document["title"]), steps=steps)


def _text(journal: Journal) -> str:
    rows = [{"do": _WORDS[type(step)], **asdict(step)} for step in journal.steps]
    for row in rows:
        # Where a person's own link leads is asked of the link, never of the journal.
        row.pop("through", None)
    document = {"schema": SCHEMA, "title": journal.title, "steps": rows}
    return json.dumps(document, indent=1) + "\n"


def _step(row: dict[str, Any]) -> Step:
    """One step, as strictly as if a stranger had written it.

    Raises:
        ValueError, KeyError, TypeError: when it is none.
    """
    kind = _KINDS[row.pop("do")]
    check_path(row["path"])
    for name in ("slot", "backup"):
        if not str(row.get(name, "")).isalnum() and row.get(name):
            raise ValueError(row[name])
    for path in (*row.get("folders", ()), *row.get("files", ())):
        check_path(path)
        if not path.startswith(f"{row['path']}/"):
            raise ValueError(path)
    for name in ("before", "after"):
        if row.get(name) is not None:
            row[name] = _state(row[name])
    if kind is PlaceFolder:
        row["folders"] = tuple(row["folders"])
        row["files"] = {path: _state(state) for path, state in row["files"].items()}
    if kind is PlaceBehindLink:
        row["through"] = ""
    return kind(**row)


def _state(row: dict[str, Any]) -> FileState:
    return FileState(mode=int(row["mode"]), digest=str(row["digest"]))
