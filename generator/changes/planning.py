"""Turns a change set into steps, in an order in which each one finds what it needs."""

import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator.changes.model import PRIVATE_MODE, ChangeSet, Delete, FileState, Move, Write
from generator.changes.steps import (
    Place,
    PlaceBehindLink,
    PlaceFolder,
    RemoveFolder,
    Step,
    TakeOut,
    expect,
    refused,
    state_behind,
)
from generator.files import Root


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The steps of a change, and what has to lie in the journal's folder before the first.

    Attributes:
        steps: in order.
        new: the files and links that come, by where they lie in the journal's folder.
        folders: the folders that come, likewise, parents first.
        backups: the files that are replaced, likewise.
    """

    steps: list[Step] = field(default_factory=list)
    new: dict[str, Write] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    backups: dict[str, str] = field(default_factory=dict)


def plan_steps(root: Root, changes: ChangeSet) -> Plan:
    """Find the steps of a change set and see that all of it is possible; nothing is written.

    Raises:
        ConflictError: that names the first path which is not as the change set expects it.
        DestinationRefusedError: when a link stands in the way.
    """
    writes = [e for e in changes.entries if isinstance(e, Write) and not e.through]
    moves = [e for e in changes.entries if isinstance(e, Move)]
    deletes = [e for e in changes.entries if isinstance(e, Delete)]
    leaving = {e.path: e.expects for e in deletes} | {e.source: e.expects for e in moves}
    arriving = [e.path for e in writes if e.expects is None] + [e.path for e in moves]
    emptied = _emptied(root, leaving, arriving)
    _check(root, changes, leaving, emptied)
    plan = Plan()
    slots = _take_out(plan, leaving, emptied)
    _place_folders(plan, writes, _new_folders(root, arriving, leaving))
    _place_files(plan, writes)
    for move in moves:
        plan.steps.append(
            Place(
                path=move.path, slot=slots[move.source], backup="", before=None, after=move.expects
            )
        )
    _place_behind_link(plan, changes)
    return plan


def _check(root: Root, changes: ChangeSet, leaving: Iterable[str], emptied: dict[str, int]) -> None:
    """See that every entry finds what it expects, before the first one is carried out."""
    for entry in changes.entries:
        if isinstance(entry, Write) and entry.through:
            if state_behind(Path(entry.through)) != entry.expects:
                raise refused(root, entry.path, "the file that it leads to was changed")
            continue
        if isinstance(entry, Move):
            expect(root, entry.source, entry.expects)
            expect(root, entry.path, None)
        else:
            expect(root, entry.path, entry.expects)
        if root.is_folder(entry.path) and entry.path not in emptied:
            raise refused(root, entry.path, "a folder is there")
        if not isinstance(entry, Delete) and (file := _file_above(root, entry.path, leaving)):
            raise refused(root, file, "it is not a folder")


def _file_above(root: Root, path: str, leaving: Iterable[str]) -> str:
    """A file where a folder above the path has to be; empty when there is none that stays."""
    for folder in _above(path):
        found = root.lstat(folder)
        if found is not None and not stat.S_ISDIR(found.st_mode) and folder not in leaving:
            return folder
    return ""


def _emptied(root: Root, leaving: Iterable[str], arriving: Iterable[str]) -> dict[str, int]:
    """The folders in which nothing is left, with their permission bits, the deepest first."""
    going = set(leaving)
    needed = {folder for path in arriving for folder in _above(path)}
    emptied: dict[str, int] = {}
    candidates = {folder for path in going for folder in _above(path)} - needed
    candidates |= set(_fileless_below(root, candidates)) - needed
    for folder in sorted(candidates, key=lambda path: path.count("/"), reverse=True):
        found = root.lstat(folder)
        if found is None or not stat.S_ISDIR(found.st_mode):
            continue
        if all(f"{folder}/{name}" in going for name in root.names(folder)):
            going.add(folder)
            emptied[folder] = stat.S_IMODE(found.st_mode)
    return emptied


def _fileless_below(root: Root, folders: Collection[str]) -> Iterator[str]:
    """The folders below these that hold no file: git does not know them, and they go along."""
    for folder in folders:
        if root.is_folder(folder):
            for name in root.names(folder):
                if f"{folder}/{name}" not in folders:
                    yield from _fileless(root, f"{folder}/{name}")


def _fileless(root: Root, path: str) -> list[str]:
    """A folder and those below it when there is no file in any; else nothing."""
    if not root.is_folder(path):
        return []
    found = [path]
    for name in root.names(path):
        below = _fileless(root, f"{path}/{name}")
        if not below:
            return []
        found += below
    return found


def _take_out(plan: Plan, leaving: dict[str, FileState], emptied: dict[str, int]) -> dict[str, str]:
    slots = {path: f"o{number}" for number, path in enumerate(leaving)}
    for path, state in leaving.items():
        plan.steps.append(TakeOut(path=path, slot=slots[path], before=state))
    for folder, mode in emptied.items():
        plan.steps.append(RemoveFolder(path=folder, mode=mode))
    return slots


def _new_folders(
    root: Root, arriving: Iterable[str], leaving: Iterable[str]
) -> dict[str, set[str]]:
    """The folders that have to come, by the topmost of each tree; each holds those below it."""
    trees: dict[str, set[str]] = {}
    for path in arriving:
        missing = [f for f in _above(path) if f in leaving or not root.is_folder(f)]
        if missing:
            trees.setdefault(missing[0], set()).update(missing[1:])
    return trees


def _place_folders(plan: Plan, writes: Iterable[Write], trees: dict[str, set[str]]) -> None:
    for number, top in enumerate(sorted(trees)):
        slot = f"f{number}"
        folders = tuple(sorted(trees[top]))
        files = [write for write in writes if write.path.startswith(f"{top}/")]
        plan.folders.extend((slot, *(slot + folder.removeprefix(top) for folder in folders)))
        plan.new.update({slot + write.path.removeprefix(top): write for write in files})
        plan.steps.append(
            PlaceFolder(
                path=top,
                slot=slot,
                folders=folders,
                files={write.path: write.after for write in files},
            )
        )


def _place_files(plan: Plan, writes: Iterable[Write]) -> None:
    in_folders = {write.path for write in plan.new.values()}
    for number, write in enumerate(writes):
        if write.path in in_folders:
            continue
        backup = ""
        if write.expects is not None:
            backup = f"b{number}"
            plan.backups[backup] = write.path
        plan.new[f"n{number}"] = write
        plan.steps.append(
            Place(
                path=write.path,
                slot=f"n{number}",
                backup=backup,
                before=write.expects,
                after=write.after,
            )
        )


def _place_behind_link(plan: Plan, changes: ChangeSet) -> None:
    for write in changes.entries:
        if isinstance(write, Write) and write.through:
            plan.new["link"] = write
            if write.expects is not None:
                held = Path(write.through).read_bytes()
                plan.new["behind"] = replace(write, content=held, mode=PRIVATE_MODE)
            plan.steps.append(
                PlaceBehindLink(
                    path=write.path,
                    slot="link",
                    backup="behind" if write.expects else "",
                    through=write.through,
                    before=write.expects,
                    after=write.after,
                )
            )


def _above(path: str) -> list[str]:
    """The folders above a path, from the top."""
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]
