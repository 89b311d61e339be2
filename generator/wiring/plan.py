"""Derives the whole wiring from the services' answers: a pure function of data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from generator.catalog import FeatureSpec, backing_specs
from generator.naming import env_prefix
from generator.wiring.checks import refuse_contradictions
from generator.wiring.files import wiring_files
from generator.wiring.messages import messages_of
from generator.wiring.model import (
    METRICS_PORT_OFFSET,
    OPERATOR,
    Database,
    Kept,
    Link,
    Secret,
    System,
    WiredService,
    Wiring,
)
from generator.workspace import Inventory, Service, Unjudged


def plan_wiring(
    system: System,
    inventory: Inventory,
    *,
    hand_set_ports: Mapping[int, str] | None = None,
    kept: Kept | None = None,
) -> Wiring:
    """Everything that follows from the answers; the same whatever their order.

    Args:
        system: the workspace as a whole.
        inventory: its services, each with the facts of its template.
        hand_set_ports: host ports that people set in compose files, each with its service.
        kept: what stays as it is for the services that cannot be judged.

    Raises:
        WiringError: when answers contradict each other; it names both sides.
    """
    services = sorted(inventory.services, key=lambda service: service.name)
    unjudged = {one.name for one in inventory.unjudged}
    refuse_contradictions(services, hand_set_ports or {}, unjudged)
    kept = kept or Kept()
    links = _links(services, inventory.unjudged, kept)
    wired = tuple(_wired(service, links, services) for service in services)
    owned = {name: Database(service=name) for name in kept.databases}
    owned |= {service.name: service.database for service in wired if service.database}
    databases = tuple(owned[name] for name in sorted(owned))
    backing = tuple(sorted({name for service in wired for name in service.backing}))
    secrets = tuple(_secrets(backing, databases, links, services))
    planned = Wiring(
        services=wired,
        links=links,
        databases=databases,
        backing=backing,
        secrets=secrets,
        files=(),
        messages=messages_of(services),
    )
    return replace(planned, files=wiring_files(system, planned, kept.includes))


def service_environment(wiring: Wiring, service_name: str) -> Mapping[str, str]:
    """The variables that wiring gives a service; secrets stand in them as `${NAME}`.

    Raises:
        KeyError: when there is no such service.
    """
    return {service.name: service for service in wiring.services}[service_name].environment


def _links(
    services: Sequence[Service], unjudged: Sequence[Unjudged], kept: Kept
) -> tuple[Link, ...]:
    keyed = {service.name for service in services if service.template.owns_database}
    # People's scripts have no business with password hashes: the operator is no reader.
    links = {(name, OPERATOR): Link(consumer=OPERATOR, provider=name) for name in keyed}
    for service in services:
        reads = any(feature.reads_credentials for feature in _features(service))
        for link, provider in service.links:
            links[provider, service.name] = Link(
                consumer=service.name,
                provider=provider,
                # One that cannot be judged here is given what its kind would want.
                keyed=provider in keyed or link.to == "data_service",
                reads_credentials=reads and provider in keyed,
            )
    for one in unjudged:
        if (provider := one.answers.data_service) in keyed:
            reads = one.name in kept.readers
            links[provider, one.name] = Link(
                consumer=one.name, provider=provider, reads_credentials=reads
            )
    return tuple(links[key] for key in sorted(links))


def _features(service: Service) -> tuple[FeatureSpec, ...]:
    return service.template.chosen(service.answers.features)


def _wired(service: Service, links: Sequence[Link], services: Sequence[Service]) -> WiredService:
    answers, spec = service.answers, service.template
    backing = tuple(sorted(spec.backing_for(answers.features)))
    external = spec.external_for(answers.features)
    return WiredService(
        name=service.name,
        template=spec.name,
        description=answers.description,
        owner=answers.owner,
        port=answers.port,
        component_type=spec.component_type,
        provides_api=spec.provides_api,
        backing=backing,
        calls=tuple(dict.fromkeys(provider for _, provider in service.links)),
        database=_database(service) if spec.owns_database else None,
        environment={
            **dict(_served(service.name, links) if spec.owns_database else ()),
            **dict(_called(service, links, services)),
            **dict(_backed(service.name, backing)),
            **dict(_signed(service)),
            **{one.name: f"${{{_secret_name(service.name, one.name)}}}" for one in external},
        },
        prepare=spec.process.prepare,
        external=frozenset(one.name for one in external),
        metrics_port=spec.process.port + METRICS_PORT_OFFSET,
    )


def _database(service: Service) -> Database:
    return Database(service=service.name, connections=service.template.database_connections)


def _served(name: str, links: Sequence[Link]) -> Iterator[tuple[str, str]]:
    served = [link for link in links if link.provider == name]
    yield "API_KEYS", ",".join(f"{link.consumer}=${{{link.key_name}}}" for link in served)
    yield (
        "CREDENTIALS_READERS",
        ",".join(link.consumer for link in served if link.reads_credentials),
    )


def _called(
    service: Service, links: Sequence[Link], services: Sequence[Service]
) -> Iterator[tuple[str, str]]:
    ports = {one.name: one.template.process.port for one in services}
    ours = {link.provider: link for link in links if link.consumer == service.name}
    for asked, provider in service.links:
        yield f"{asked.variable}_URL", f"http://{provider}:{ports.get(provider, 8000)}"
        if ours[provider].keyed:
            yield f"{asked.variable}_API_KEY", f"${{{ours[provider].key_name}}}"


def _backed(name: str, backing: Sequence[str]) -> Iterator[tuple[str, str]]:
    for spec in backing_specs(backing):
        for variable, value in spec.variables:
            yield variable, value.replace("{service}", name)


def _signed(service: Service) -> Iterator[tuple[str, str]]:
    for feature in _features(service):
        for variable in feature.secrets:
            yield variable, f"${{{_secret_name(service.name, variable)}}}"


def _secrets(
    backing: Sequence[str],
    databases: Sequence[Database],
    links: Sequence[Link],
    services: Sequence[Service],
) -> Iterator[Secret]:
    for spec in backing_specs(backing):
        for name, purpose in spec.secrets:
            yield Secret(name=name, purpose=purpose, kind="password")
    for database in databases:
        purpose = f"the database role {database.name}"
        yield Secret(name=database.password_name, purpose=purpose, kind="password")
    for link in links:
        if link.keyed:
            purpose = f"the key with which {link.consumer} calls {link.provider}"
            yield Secret(name=link.key_name, purpose=purpose, kind="api-key")
    for service in services:
        yield from _own_secrets(service)


def _own_secrets(service: Service) -> Iterator[Secret]:
    for variable, what in (s for f in _features(service) for s in f.secrets.items()):
        purpose = f"{service.name}: {what}"
        yield Secret(name=_secret_name(service.name, variable), purpose=purpose, kind="signing-key")
    for one in service.template.external_for(service.answers.features):
        purpose = f"{service.name}: {one.purpose}"
        yield Secret(name=_secret_name(service.name, one.name), purpose=purpose, kind="external")


def _secret_name(service: str, variable: str) -> str:
    return f"{env_prefix(service)}__{variable}"
