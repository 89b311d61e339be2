"""Writes to disk in steps that a kill cannot cut in half, and keeps runs apart."""

from generator.files.lock import (
    HeldError,
    exclusive,
    hold_alone,
    is_alive,
    lock_holder,
    shared,
    try_exclusive,
)
from generator.files.refusals import cannot_write, is_disk_failure, refuse_links
from generator.files.root import Root, read_below
from generator.files.staging import (
    STAGING_PREFIX,
    put_in_place,
    staging_folder,
    sweep,
    sweep_folders,
    write_atomically,
)

__all__ = [
    "STAGING_PREFIX",
    "HeldError",
    "Root",
    "cannot_write",
    "exclusive",
    "hold_alone",
    "is_alive",
    "is_disk_failure",
    "lock_holder",
    "put_in_place",
    "read_below",
    "refuse_links",
    "shared",
    "staging_folder",
    "sweep",
    "sweep_folders",
    "try_exclusive",
    "write_atomically",
]
