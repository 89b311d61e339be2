"""Where the data of own servers are kept: where they are wanted, or where their user gets to."""

import hashlib
from pathlib import Path

from generator.backing.directory import is_open_to_all
from generator.backing.providers import UnsuitableError
from generator.backing.spawn import unprivileged_account

# As root, servers run as another user, who may not enter root's own folders.
_OPEN = Path("/var/lib/generator")


def folder_for_data(wanted: Path, instead: Path = _OPEN) -> Path:
    """The folder for the data that are wanted in another one.

    Args:
        wanted: where they should be.
        instead: where they are, in a folder that is the same in every run, when the user who runs
            servers could not walk there.
    """
    wanted = wanted.absolute()
    try:
        account = unprivileged_account()
    except UnsuitableError:
        # No server can be started at all, and whoever starts one says so.
        return wanted
    if account is None or all(map(is_open_to_all, wanted.parents)):
        return wanted
    return instead / hashlib.sha256(str(wanted).encode(errors="surrogateescape")).hexdigest()[:16]
