"""What an update does to each file, and why."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from generator.git.scratch import Blob, Tree


class Outcome(StrEnum):
    """What becomes of one file."""

    ADDED = "added"
    UPDATED = "updated"
    REMOVED = "removed"
    MERGED = "merged"
    RENAMED = "renamed"
    KEPT = "kept"
    CONFLICT = "conflict"


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """A folder that was rendered from a template, and what both versions render to.

    Attributes:
        folder: from the workspace's root; empty for the workspace itself.
        old: the folder that the version it was made from renders to now, with today's answers.
        new: the same for the version to come, with the answers to come.
    """

    folder: str
    old: Path
    new: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class FileOutcome:
    """What becomes of one file.

    Attributes:
        path: from the workspace's root, as it is named after the update.
        outcome: what is done with it.
        reason: why, in a few words.
        renamed_from: the name it had before; empty when it keeps it.
    """

    path: str
    outcome: Outcome
    reason: str
    renamed_from: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MergePlan:
    """The result of an update before anything is written.

    Attributes:
        before: the files of the last commit.
        after: the files that are to be; one in conflict holds both sides with markers.
        files: what becomes of each file that the template or the merge touches, by path.
        stages: of each file in conflict, its versions by stage: 1 base, 2 yours, 3 the template's.
    """

    before: Tree
    after: Tree
    files: tuple[FileOutcome, ...]
    stages: dict[str, dict[int, Blob]]

    @property
    def conflicts(self) -> tuple[FileOutcome, ...]:
        """The files that a person has to decide about."""
        return tuple(file for file in self.files if file.outcome is Outcome.CONFLICT)

    @property
    def touched(self) -> tuple[str, ...]:
        """The paths that differ between before and after, by name."""
        paths = {*self.before, *self.after}
        return tuple(sorted(p for p in paths if self.before.get(p) != self.after.get(p)))
