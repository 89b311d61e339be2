"""What a `template.yml` says: the facts of a template that its files alone do not tell."""

import fnmatch
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

from generator.catalog.conditions import holds

# The version of the schema below; a manifest of another one is not read.
SCHEMA = 1
# In a template's folder, and by way of Copier in every service rendered from it.
MANIFEST = "template.yml"
# The capabilities that a link may ask for of the service that it names.
Capability = Literal["api", "data_service"]
# Of nine digits.
_LEAST_NUMBER = 10**8


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessSpec:
    """How a service of the template runs.

    Attributes:
        command: the words that start it in its folder; the first is a program of its environment.
        prepare: arguments of the command, one run each, before it starts.
        ready: the path that is 200 while it can work, dependencies included.
        health: the path that is 200 while the process lives.
        port: the port on which others reach it inside compose.
        start_seconds: how long it may take until it is ready.
        stop_seconds: how long it may take to end after SIGTERM.
    """

    command: tuple[str, ...] = ("python", "-m", "app")
    prepare: tuple[str, ...] = ()
    ready: str = "/ready"
    health: str = "/health"
    port: int = 8000
    start_seconds: int = 90
    stop_seconds: int = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class BackingNeeds:
    """The backing services of a template, by name: `postgres`, `redis`, `redis-cache`, `rabbitmq`.

    Attributes:
        needed: those that every service of the template needs; features may need more.
        optional: of all that it may need, those that it keeps serving without: `ready` stays 200.
    """

    needed: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkSpec:
    """An answer that names another service to call.

    Attributes:
        name: the answer's key. In capitals it begins the variables: `DATA_SERVICE_URL` and, where
            the other one owns a database, `DATA_SERVICE_API_KEY`.
        summary: what is asked, for people.
        to: what the other service must provide: `api`, or `data_service` for one that also owns
            a database.
        optional: whether the answer may stay empty.
    """

    name: str = field(metadata={"key": True})
    summary: str
    to: Capability = "data_service"
    optional: bool = False

    @property
    def variable(self) -> str:
        """How the names of its variables begin: `DATA_SERVICE`."""
        return self.name.upper()


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalSecret:
    """A secret that only a person can give, such as a token of somebody else's service.

    Attributes:
        name: the variable as the service reads it; in `.env` the service's name is in front.
        purpose: what it is for and where it comes from, for people.
        stub: a value of the right form that opens nothing; a verification starts the process
            with it, and nothing else ever gets it. `{service}` in it is the service's name, and
            `{number}` a number of nine digits that no other service has. While it is empty the
            process must refuse to start, with an exit code that is not 0, and name the variable.
    """

    name: str = field(metadata={"key": True})
    purpose: str
    stub: str = "stub"

    def stub_of(self, service: str) -> str:
        """The made-up value of the service of this name."""
        digest = int.from_bytes(sha256(service.encode()).digest())
        number = str(_LEAST_NUMBER + digest % (9 * _LEAST_NUMBER))
        return self.stub.replace("{service}", service).replace("{number}", number)


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalService:
    """A service of somebody else's that is called, such as a Bot API.

    Attributes:
        name: the variable that says where it is.
        purpose: what it is, for people.
        stub: the words that start something in its place, where a verification starts the process:
            the first is a program of the service's environment. It prints the variable and its URL
            as a line of JSON, and runs until SIGTERM.
    """

    name: str = field(metadata={"key": True})
    purpose: str
    stub: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FeatureSpec:
    """A feature that a service may or may not have.

    Attributes:
        name: a value of the answer `features`.
        summary: one line for people.
        needs: the backing services that it needs on top, by name.
        secrets: environment variables that must be secret, each with what it is for.
        external_secrets: secrets that only a person can give.
        reads_credentials: whether the data service that is called shows it password hashes.
        example: whether it is example code, which a service without the example has none of.
        default: whether a service that has the example has it where nobody chooses.
        requires: other features that it cannot be without.
        refuses: other features that it cannot be together with.
        files: paths that only a service with it has; `*` and `?` are allowed.
    """

    name: str = field(metadata={"key": True})
    summary: str
    needs: frozenset[str] = frozenset()
    secrets: Mapping[str, str] = field(default_factory=dict)
    external_secrets: tuple[ExternalSecret, ...] = ()
    reads_credentials: bool = False
    example: bool = False
    default: bool = False
    requires: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionalFiles:
    """Files that some services of the template have and others have not.

    Attributes:
        when: the condition, of the answers `example` and `features`: `example and 'auth' not in
            features`.
        paths: paths that only a service has for which it holds; `*` and `?` are allowed.
    """

    when: str
    paths: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionalMessages:
    """Tasks and events that some services of the template have to do with and others have not.

    A queue is named as the broker has it, with the service's name as `{service}`.

    Attributes:
        when: the condition, as in `files`; empty where every service has them.
        publishes: events that it publishes.
        consumes: events that it takes, each with the queue from which.
        sends: tasks that it gives to others or to itself, each with the queue into which.
        handles: tasks that it does, each with the queue from which.
    """

    when: str = ""
    publishes: tuple[str, ...] = ()
    consumes: Mapping[str, str] = field(default_factory=dict)
    sends: Mapping[str, str] = field(default_factory=dict)
    handles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateSpec:
    """The facts of a template.

    Attributes:
        name: the folder in `templates/`; not in the file.
        schema: the version of this schema, 1.
        kind: `service`, or `workspace` for what holds them.
        summary: one line for people.
        first_port: where the search for a free host port begins.
        component_type: its type in the service catalog.
        process: how it runs.
        backing: the backing services that it needs.
        owns_database: whether it gets a database and a role of its own, and may hold a driver.
        database_connections: how many connections one process of it may hold, with
            `owns_database`.
        drivers: the distributions of database drivers that it may hold without owning a database.
        provides_api: whether its `openapi.json` describes what others may call.
        links: the answers that name other services.
        external_secrets: secrets that only a person can give.
        external_services: services of somebody else's that it calls.
        features: what it can have on top.
        files: files that depend on more than one feature, or on the example.
        messages: the tasks and events of its code, for pictures of the system.
        template_owned: paths that nobody but the template changes; `*` and `?` are allowed. One
            that was edited is a finding of `generator status --check`, and `generator heal` puts
            it back. The manifest is one in any case.
    """

    name: str = field(metadata={"key": True})
    schema: int
    kind: Literal["service", "workspace"] = "service"
    summary: str
    first_port: int = 8000
    component_type: str = "service"
    process: ProcessSpec = field(default_factory=ProcessSpec)
    backing: BackingNeeds = field(default_factory=BackingNeeds)
    owns_database: bool = False
    database_connections: int = 10
    drivers: frozenset[str] = frozenset()
    provides_api: bool = False
    links: tuple[LinkSpec, ...] = ()
    external_secrets: tuple[ExternalSecret, ...] = ()
    external_services: tuple[ExternalService, ...] = ()
    features: tuple[FeatureSpec, ...] = ()
    files: tuple[ConditionalFiles, ...] = ()
    messages: tuple[ConditionalMessages, ...] = ()
    template_owned: tuple[str, ...] = ()

    def owns(self, path: str) -> bool:
        """Whether a path, from the project's folder on, is one that only the template changes."""
        return path == MANIFEST or any(
            fnmatch.fnmatchcase(path, pattern) for pattern in self.template_owned
        )

    @property
    def provides(self) -> frozenset[Capability]:
        """What links of other services may ask for of it."""
        api: frozenset[Capability] = frozenset({"api"} if self.provides_api else ())
        return api | ({"data_service"} if self.owns_database else frozenset())

    def chosen(self, features: Iterable[str]) -> tuple[FeatureSpec, ...]:
        """The features of these names, in the manifest's order."""
        names = frozenset(features)
        return tuple(feature for feature in self.features if feature.name in names)

    def external_for(self, features: Iterable[str]) -> tuple[ExternalSecret, ...]:
        """The secrets that only a person can give, with these features."""
        of_features = (one for feature in self.chosen(features) for one in feature.external_secrets)
        return (*self.external_secrets, *of_features)

    def backing_for(self, features: Iterable[str]) -> frozenset[str]:
        """The backing services that it needs with these features."""
        return self.backing.needed.union(*(feature.needs for feature in self.chosen(features)))

    def messages_for(
        self, features: Iterable[str], *, example: bool
    ) -> tuple[ConditionalMessages, ...]:
        """The tasks and events of a service with these answers, in the manifest's order."""
        chosen = frozenset(features)
        return tuple(
            each
            for each in self.messages
            if not each.when or holds(each.when, features=chosen, example=example)
        )
