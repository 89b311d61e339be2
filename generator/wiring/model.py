"""The wiring as data: who runs, who calls whom, and which secrets and files follow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from generator.naming import env_prefix, snake
from generator.wiring.messages import Messages

# The consumer that people and their scripts use; every data service knows it.
OPERATOR = "operator"

# PostgreSQL's own default, and what it needs beside the pools: migrations, people, itself.
_FEWEST_CONNECTIONS = 100
_SPARE_CONNECTIONS = 25
# Each one is a process of its own.
_MIB_PER_CONNECTION = 5
_MOST_CONNECTIONS = 500

SecretKind = Literal["password", "api-key", "signing-key", "external"]

# From the port of a service to that of its metrics, as the shared library has it.
METRICS_PORT_OFFSET = 1000
# Where a container shows its metrics, unless its template has another port for its process.
METRICS_PORT = 8000 + METRICS_PORT_OFFSET


@dataclass(frozen=True, kw_only=True, slots=True)
class System:
    """The workspace as a whole."""

    name: str
    owner: str
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Secret:
    """A value that only `.env` holds.

    Attributes:
        name: the variable.
        purpose: what it opens, for people.
        kind: what sort of value to make; each must be safe in a URL and free of commas. An
            `external` one is never made: only a person can give it.
    """

    name: str
    purpose: str
    kind: SecretKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A consumer's way to another service.

    Attributes:
        keyed: whether the other one wants a key: services that own data do.
        reads_credentials: whether it sees password hashes there.
    """

    consumer: str
    provider: str
    keyed: bool = True
    reads_credentials: bool = False

    @property
    def key_name(self) -> str:
        """The variable of its API key: `USERS_API__USERS_DATA__API_KEY`."""
        return f"{env_prefix(self.consumer)}__{env_prefix(self.provider)}__API_KEY"


@dataclass(frozen=True, kw_only=True, slots=True)
class Database:
    """A database and the role of the same name that owns it.

    Attributes:
        connections: how many its service may hold at the same time.
    """

    service: str
    connections: int = 10

    @property
    def name(self) -> str:
        """The name of the database and of its role."""
        return snake(self.service)

    @property
    def password_name(self) -> str:
        """The variable of the role's password: `USERS_DATA_DB_PASSWORD`."""
        return f"{env_prefix(self.service)}_DB_PASSWORD"


@dataclass(frozen=True, kw_only=True, slots=True)
class Connections:
    """How many connections PostgreSQL is started for, and whether one server holds so many well.

    Attributes:
        pools: what the pools of all data services hold at most.
    """

    pools: int

    @property
    def limit(self) -> int:
        """`max_connections`: the pools', and some for migrations, people and the server itself."""
        return max(_FEWEST_CONNECTIONS, self.pools + _SPARE_CONNECTIONS)

    @property
    def memory(self) -> int:
        """What the server may take, in MiB."""
        return max(1024, 512 + _MIB_PER_CONNECTION * self.limit)

    @property
    def warning(self) -> str:
        """One line where so many will not fit; empty where they do."""
        if self.limit <= _MOST_CONNECTIONS:
            return ""
        return (
            f"The data services' pools may hold {self.pools} connections, and one PostgreSQL holds"
            f" {_MOST_CONNECTIONS} well: put a pooler before it (DATABASE_TRANSACTION_POOLING), or"
            " make the pools smaller (DATABASE_POOL_SIZE)."
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What stays as it is wired already, for services that cannot be judged here.

    Attributes:
        includes: the compose files that stay included, as paths from `wiring/`.
        databases: the services whose databases stay.
        readers: the services that stay among those that see password hashes.
    """

    includes: tuple[str, ...] = ()
    databases: frozenset[str] = frozenset()
    readers: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class WiredService:
    """A service as the wiring files show it.

    Attributes:
        provides_api: whether its `openapi.json` describes what others may call.
        environment: its variables; secrets stand in them as `${NAME}`.
        backing: the backing services that it needs, sorted.
        calls: the services that it calls, in the order of its template's links.
        prepare: the names of the steps that run before it, each a compose service of its own.
        external: those of its variables whose values only a person can give.
        metrics_port: where its container shows its metrics.
    """

    name: str
    template: str
    description: str
    owner: str
    port: int
    component_type: str
    provides_api: bool
    backing: tuple[str, ...]
    calls: tuple[str, ...]
    database: Database | None
    environment: Mapping[str, str]
    prepare: tuple[str, ...] = ()
    external: frozenset[str] = frozenset()
    metrics_port: int = METRICS_PORT


@dataclass(frozen=True, kw_only=True, slots=True)
class WiringFile:
    """A file to write: its path from the workspace's root, its template and what fills it."""

    path: str
    template: str
    context: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wiring:
    """Everything that follows from the answers of all services.

    Attributes:
        services: by name.
        links: by provider, then consumer.
        databases: by name.
        backing: the backing services that someone needs, sorted.
        secrets: in the order in which people should read them.
        files: by path.
        messages: the events, tasks and queues that the services' manifests name.
    """

    services: tuple[WiredService, ...]
    links: tuple[Link, ...]
    databases: tuple[Database, ...]
    backing: tuple[str, ...]
    secrets: tuple[Secret, ...]
    files: tuple[WiringFile, ...]
    messages: Messages = field(default_factory=Messages)

    @property
    def connections(self) -> Connections:
        """How many connections PostgreSQL is started for."""
        return Connections(pools=sum(database.connections for database in self.databases))
