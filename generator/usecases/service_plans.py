"""Says for each service how it is started here: with the settings that compose would give it."""

import os
import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from generator.backing import BackingKind
from generator.catalog import BACKING_SERVICES, ExternalService, backing_specs
from generator.env_vars import code_env_vars
from generator.errors import DestinationRefusedError, MissingPrerequisiteError, UsageError
from generator.files import read_below
from generator.naming import env_prefix
from generator.running import Places, Port, ServicePlan, Surroundings, choose_ports, settings_here
from generator.usecases.lazy_backing import LazyBacking
from generator.usecases.service_jobs import kinds_of
from generator.usecases.wiring_files import env_text
from generator.wiring import (
    METRICS_PORT_OFFSET,
    ComposeFile,
    ComposeService,
    UnsetVariableError,
    compose_service,
    env_values,
)
from generator.workspace import SERVICES, Inventory, Service, Workspace

# What the services share: as in compose, all that is sent goes over one virtual host.
_SHARED = "services"
_OVERRIDE = "compose.override.yaml"
# By the option that has it played, the variable that leads to a service of somebody else's.
FAKES = {"--fake-telegram": "TELEGRAM_API_URL"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """A service whose settings are known, but for where the others are.

    Attributes:
        service: who.
        given: what Compose would give it.
        fakes: what plays services of somebody else's for it.
    """

    service: Service
    given: ComposeService
    fakes: tuple[ExternalService, ...] = ()

    @property
    def name(self) -> str:
        """The service's name."""
        return self.service.name


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """Where services run.

    Attributes:
        workspace: whose they are.
        places: where they keep what they need.
        ports: see `ports_for`.
    """

    workspace: Workspace
    places: Places
    ports: Mapping[str, Port]


def chosen_services(inventory: Inventory, names: Sequence[str]) -> tuple[Service, ...]:
    """The services of these names and those that they call, whomever those call too.

    Args:
        inventory: the services of the workspace.
        names: who was named; all when empty.

    Raises:
        UsageError: a name that is none, or nothing to start at all.
        MissingPrerequisiteError: a service whose template's facts cannot be read.
    """
    known = {service.name: service for service in inventory.services}
    unjudged = {one.name: one.reason for one in inventory.unjudged}
    wanted = list(names or [answers.service_name for answers in inventory.answers])
    if not wanted:
        raise UsageError("There is no service yet.", hint="Make one: generator new-service.")
    chosen: dict[str, Service] = {}
    while wanted:
        name = wanted.pop(0)
        if name in unjudged:
            raise MissingPrerequisiteError(
                f"{name} cannot be started: {unjudged[name]}", hint="Name the others."
            )
        if name not in known:
            raise UsageError(
                f"There is no service {name!r} here.", hint=f"Services: {', '.join(known)}."
            )
        if name not in chosen:
            chosen[name] = known[name]
            wanted += [provider for _, provider in known[name].links]
    return tuple(chosen[name] for name in sorted(chosen))


def env_values_of(workspace: Workspace) -> dict[str, str]:
    """What may be filled into compose files: `.env`, and on top the caller's own, as in compose."""
    caller = dict(os.environ)
    return env_values(env_text(workspace), caller) | caller


def compose_settings(
    workspace: Workspace, service: str, values: Mapping[str, str]
) -> ComposeService:
    """What Compose would give a service of the workspace.

    Raises:
        MissingPrerequisiteError: `.env` lacks a variable that must be there, or a file is missing.
    """
    files = [
        ComposeFile(text=_text(workspace, path), read=partial(_text_beside, workspace, path))
        for path in (f"{SERVICES}/{service}/compose.yaml", _OVERRIDE)
        if path != _OVERRIDE or (workspace.root / path).exists()
    ]
    try:
        return compose_service(service, files, values)
    except UnsetVariableError as error:
        raise MissingPrerequisiteError(
            f"{service} cannot be started: {error}.",
            hint="Set it in .env; `generator sync` makes the secrets that can be made.",
        ) from error


def settle(
    workspace: Workspace,
    services: Iterable[Service],
    fakes: frozenset[str],
    values: Mapping[str, str],
) -> tuple[Settled, ...]:
    """Services with the settings that Compose would give them.

    Args:
        workspace: where they are.
        services: who.
        fakes: the variables of what is played instead of somebody else's service.
        values: what may be filled into compose files.

    Raises:
        MissingPrerequisiteError: a setting is missing that only a person can give.
    """
    return tuple(_settled(workspace, service, values, fakes) for service in services)


def ports_for(settled: Sequence[Settled], values: Mapping[str, str]) -> dict[str, Port]:
    """Where each service listens, by its name, and where it shows its metrics: `NAME metrics`.

    Raises:
        UsageError: what `.env` says is no port.
    """
    wanted = {one.name: _wanted_port(one.service, values) for one in settled}
    metrics = {
        f"{name} metrics": min(port + METRICS_PORT_OFFSET, 65535) for name, port in wanted.items()
    }
    return choose_ports(wanted | metrics)


def plan_service(
    settled: Settled, site: Site, servers: LazyBacking, told: Mapping[str, str]
) -> ServicePlan:
    """How a service is started here; waits for the servers that it needs.

    Args:
        settled: who, and what Compose would give it.
        site: where.
        servers: where backing services come from.
        told: what it is told instead: where services of somebody else's are played, and who
            takes what it exports.

    Raises:
        BackingUnavailableError: a server can be neither started nor found.
    """
    name, service = settled.name, settled.service
    places, ports = site.places, site.ports
    around = Surroundings(
        ports={other: port.number for other, port in ports.items()},
        servers=_servers(service, servers),
        volumes=places.volumes,
    )
    settings = settings_here(settled.given.environment, settled.given.volumes, around)
    where = {
        "HOST": "127.0.0.1",
        "PORT": str(ports[name].number),
        "METRICS_PORT": str(ports[f"{name} metrics"].number),
        "PYTHONPATH": "src",
    }
    return ServicePlan(
        name=name,
        folder=site.workspace.service_dir(name),
        programs=places.venv(name) / "bin",
        environment={**code_environment(places, name), **settings, **where, **told},
        port=ports[name].number,
        calls=tuple(provider for _, provider in service.links),
        process=service.template.process,
    )


def code_environment(places: Places, service: str) -> dict[str, str]:
    """What the code of a service finds in its environment beside its settings: no secret."""
    cache = places.cache(service)
    return code_env_vars(os.environ, cache / "home", cache)


def _settled(
    workspace: Workspace, service: Service, values: Mapping[str, str], fakes: frozenset[str]
) -> Settled:
    given = compose_settings(workspace, service.name, values)
    played = tuple(one for one in service.template.external_services if one.name in fakes)
    external = service.template.external_for(service.answers.features)
    if played:
        # Nothing but what plays the service ever sees these, so a real one stays out of it.
        stubs = {one.name: one.stub_of(service.name) for one in external}
        given = ComposeService(environment={**given.environment, **stubs}, volumes=given.volumes)
    for secret in external:
        if not given.environment.get(secret.name):
            variable = f"{env_prefix(service.name)}__{secret.name}"
            raise MissingPrerequisiteError(
                f"{service.name} needs {variable} in .env: {secret.purpose}.",
                hint=_without(service),
            )
    return Settled(service=service, given=given, fakes=played)


def _without(service: Service) -> str:
    called = {one.name for one in service.template.external_services}
    options = [option for option, variable in FAKES.items() if variable in called]
    played = f", or have it played: {' '.join(options)}" if options else ""
    return f"Fill it in, name the services to start without {service.name}{played}."


def _wanted_port(service: Service, values: Mapping[str, str]) -> int:
    variable = f"{env_prefix(service.name)}_PORT"
    text = values.get(variable) or str(service.answers.port)
    if not text.isdecimal() or not 0 < int(text) <= 65535:  # noqa: PLR2004 - the last port
        raise UsageError(f"{variable} is no port: {text!a}.", hint="Correct it in .env.")
    return int(text)


def _servers(service: Service, servers: LazyBacking) -> dict[str, tuple[tuple[str, ...], str]]:
    kinds = kinds_of(service)
    shared = kinds & {BackingKind.RABBITMQ}
    urls = servers.isolate(service.name, kinds - shared) | servers.isolate(_SHARED, shared)
    # One Redis stands for both here: its data are kept, and there is room for them.
    first = {spec.server: spec.url for spec in BACKING_SERVICES if spec.name == spec.server}
    needed = backing_specs(service.template.backing_for(service.answers.features))
    return {spec.url: (spec.compose_services, urls[first[spec.server]]) for spec in needed}


def _text(workspace: Workspace, path: str) -> str:
    content = read_below(workspace.root, path)
    if content is None:
        raise MissingPrerequisiteError(
            f"{path} is missing.", hint="`generator sync` writes wiring/; git has the rest."
        )
    return content.decode("utf-8", errors="surrogateescape")


def _text_beside(workspace: Workspace, file: str, path: str) -> str:
    """The text of a file that a compose file names, which must be in the workspace too."""
    place = posixpath.normpath(posixpath.join(posixpath.dirname(file), path))
    if place.startswith(("/", "..")):
        raise DestinationRefusedError(
            f"{file} names {path}, which is not in the workspace.", hint="Put it there."
        )
    return _text(workspace, place)
