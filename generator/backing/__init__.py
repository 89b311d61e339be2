"""Backing services without Docker: one server of each kind per run, isolated per service.

    with open_backing({BackingKind.POSTGRES}, environment=os.environ) as services:
        variables = services.isolate("users-data", {BackingKind.POSTGRES})

Each kind lives in a process of its own, the supervisor, which ends with the pipe that ties it to
the generator; so a generator that is killed leaves nothing behind.
"""

from generator.backing.kept import folder_for_data
from generator.backing.kinds import KINDS
from generator.backing.model import Attempt, Backing, BackingKind, Places, Started
from generator.backing.providers import Request
from generator.backing.services import BackingServices, begin_backing, open_backing
from generator.errors import BackingUnavailableError

__all__ = [
    "KINDS",
    "Attempt",
    "Backing",
    "BackingKind",
    "BackingServices",
    "BackingUnavailableError",
    "Places",
    "Request",
    "Started",
    "begin_backing",
    "folder_for_data",
    "open_backing",
]
