"""What runs, written down for whoever asks: `ps`, `down`, `logs`, and who started it all."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from generator.files import write_atomically
from generator.running.model import ServiceStatus, State

_SCHEMA = 1
_PRIVATE = 0o600


class Phase(StrEnum):
    """What the system as a whole is doing."""

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerNote:
    """A backing service that runs: where it comes from; never holds a password."""

    kind: str
    provider: str
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A running system at one moment.

    Attributes:
        pid: the process that holds it together.
        phase: what it is doing as a whole.
        since: when it was begun, ISO 8601 in UTC.
        services: in the order of their links.
        servers: the backing services.
        fakes: where what plays a service of somebody else's is, by the service that calls it.
        error: why it failed, as `--json` has it, with `exit_code`; None when it has not.
    """

    pid: int
    phase: Phase
    since: str
    services: tuple[ServiceStatus, ...] = ()
    servers: tuple[ServerNote, ...] = ()
    fakes: Mapping[str, str] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None


def write_record(path: Path, record: Record) -> None:
    """Write it down whole, in the place of the last one.

    Raises:
        DestinationRefusedError: the place cannot be written.
        DiskError: the disk is full or fails.
    """
    write_atomically(path, record_to_text(record), scratch=path.parent, mode=_PRIVATE)


def read_record(path: Path) -> Record | None:
    """What was written down last; None when nothing was, or it cannot be understood."""
    try:
        return record_from_text(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def record_to_text(record: Record) -> str:
    """A record for another process."""
    return json.dumps({"schema": _SCHEMA, **asdict(record)}, indent=1)


def record_from_text(text: str) -> Record | None:
    """The record that another process wrote; None when it cannot be understood."""
    try:
        fields = json.loads(text)
        if fields.pop("schema") != _SCHEMA:
            return None
        services = tuple(
            ServiceStatus(**{**one, "state": State(one["state"])}) for one in fields["services"]
        )
        servers = tuple(ServerNote(**one) for one in fields["servers"])
        known = {"phase": Phase(fields["phase"]), "services": services, "servers": servers}
        return Record(**{**fields, **known})
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
