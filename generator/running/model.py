"""The words of a running system: how a service is started, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from generator.catalog import ProcessSpec


class State(StrEnum):
    """What a service is doing."""

    WAITING = "waiting"  # for the services that it calls
    PREPARING = "preparing"
    STARTING = "starting"
    READY = "ready"
    UNREADY = "unready"  # it was ready, and says that it is not now
    RESTARTING = "restarting"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class ServicePlan:
    """How a service is started here.

    Attributes:
        name: the service's name.
        folder: where it works.
        programs: the folder of its environment's programs.
        environment: all of its variables.
        port: where it listens on 127.0.0.1.
        calls: the names of the services that must be ready before it.
        process: its command, what is run before it, the paths that it answers, its times.
    """

    name: str
    folder: Path
    programs: Path
    environment: Mapping[str, str] = field(repr=False)
    port: int
    calls: tuple[str, ...] = ()
    process: ProcessSpec = field(default_factory=ProcessSpec)

    @property
    def words(self) -> tuple[str, ...]:
        """The command that starts it."""
        program, *arguments = self.process.command
        own = self.programs / program
        return (str(own) if own.exists() else program, *arguments)

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """How patiently a service is watched and started again, in seconds.

    Attributes:
        first_pause: before it is started again for the first time; twice as long each time after.
        longest_pause: what that grows to.
        steady: how long it must have been ready for the pause to begin anew.
        look: between two looks at whether it is ready.
        prepare: how long one step before its start may take.
    """

    first_pause: float = 0.5
    longest_pause: float = 30.0
    steady: float = 30.0
    look: float = 1.0
    prepare: float = 600.0

    def pause(self, restarts: int) -> float:
        """How long to wait before one more start, after so many in a row."""
        return min(self.first_pause * 2.0 ** min(restarts, 16), self.longest_pause)


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Why a service did not start.

    Attributes:
        reason: one line, without its name.
        lines: the last lines that it said.
    """

    reason: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceStatus:
    """A service at one moment.

    Attributes:
        name: the service's name.
        state: what it is doing.
        url: where it is reached.
        pid: its process; None when it has none now.
        restarts: how often it was started again.
        note: one line about what went wrong last; empty when nothing has.
    """

    name: str
    state: State
    url: str
    pid: int | None = None
    restarts: int = 0
    note: str = ""
