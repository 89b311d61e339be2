"""The one way to a workspace's disk: change sets that are applied whole or not at all."""

from generator.changes.apply import Recovery, apply, is_interrupted, recover
from generator.changes.building import removal, rewrite, state_of, states_of, writes_of
from generator.changes.model import (
    FILE_MODE,
    LINK_MODE,
    PRIVATE_MODE,
    PROGRAM_MODE,
    ChangeSet,
    Delete,
    Entry,
    FileState,
    Move,
    Write,
)
from generator.changes.steps import state_behind
from generator.changes.undoing import forget_last, undo_of_last

__all__ = [
    "FILE_MODE",
    "LINK_MODE",
    "PRIVATE_MODE",
    "PROGRAM_MODE",
    "ChangeSet",
    "Delete",
    "Entry",
    "FileState",
    "Move",
    "Recovery",
    "Write",
    "apply",
    "forget_last",
    "is_interrupted",
    "recover",
    "removal",
    "rewrite",
    "state_behind",
    "state_of",
    "states_of",
    "undo_of_last",
    "writes_of",
]
