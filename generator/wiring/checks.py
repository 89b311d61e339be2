"""Refuses answers that contradict each other, in one line that names both sides."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from generator.answers import ANSWERS_FILE
from generator.catalog import BACKING_SERVICES, LinkSpec, backing_specs
from generator.errors import WiringError
from generator.naming import snake
from generator.wiring.model import Wiring
from generator.wiring.ports import allocate_port
from generator.workspace import Service

# Names that PostgreSQL keeps for itself, as a role or as a database.
_POSTGRES_OWN = re.compile(r"pg_\w*|public|none|postgres|template[01]")
# What a link asks for, and what a service without it lacks.
_OFFERED = {"data_service": "Data services", "api": "APIs"}
_LACKS = {"data_service": "holds no data", "api": "provides no API"}

Key = TypeVar("Key", int, str)


def refuse_contradictions(
    services: Sequence[Service], hand_set_ports: Mapping[int, str], unjudged: Collection[str] = ()
) -> None:
    """Check everything that Compose lets pass or reports far from its cause.

    Args:
        services: all that can be judged.
        hand_set_ports: host ports that people set in compose files, each with its service.
        unjudged: the names of the others; a link to one of them is let pass.

    Raises:
        WiringError: for the first contradiction; it names both sides and the cure.
    """
    _refuse_twin_names(services)
    _refuse_twin_ports(services, hand_set_ports)
    by_name = {service.name: service for service in services}
    for service in services:
        _refuse_role(service)
        _refuse_unasked_link(service)
        for link, provider in service.links:
            if provider not in unjudged:
                _refuse_link(service, link, provider, by_name)
    _refuse_circle({s.name: [provider for _, provider in s.links] for s in services})


def refuse_own_names(wiring: Wiring, own: Mapping[str, str]) -> None:
    """Refuse names that people's own compose files share with what is wired: Compose merges them.

    Args:
        wiring: what is wired.
        own: the names that those files define, each with its file.

    Raises:
        WiringError: for the first such name; it names both sides.
    """
    for name, who in _wired_names(wiring):
        if name in own:
            raise WiringError(
                f"The compose service name {name} is taken twice: by {own[name]} and by {who}.",
                hint="Rename one of them: Compose would silently make one of the two. What is to "
                "change a rendered service belongs into compose.override.yaml.",
            )


def _wired_names(wiring: Wiring) -> Iterator[tuple[str, str]]:
    for backing in backing_specs(wiring.backing):
        for name in backing.compose_services:
            yield name, backing.fragment
    for service in wiring.services:
        yield service.name, f"the service {service.name}"
        for step in service.prepare[:1]:
            yield f"{service.name}-{step}", f"the {step} step of {service.name}"


def _refuse_twin_names(services: Sequence[Service]) -> None:
    twins = _first_twins(_compose_names(services))
    if twins:
        name, one, other = twins
        raise WiringError(
            f"The compose service name {name} is taken twice: by {one} and by {other}.",
            hint="Rename the service: Compose would silently make one of the two.",
        )


def _compose_names(services: Sequence[Service]) -> Iterator[tuple[str, str]]:
    for backing in BACKING_SERVICES:
        for name in backing.compose_services:
            yield name, backing.fragment
    for service in services:
        yield service.name, f"the service {service.name}"
    for service in services:
        for step in service.template.process.prepare[:1]:
            yield f"{service.name}-{step}", f"the {step} step of {service.name}"


def _refuse_twin_ports(services: Sequence[Service], hand_set: Mapping[int, str]) -> None:
    claims = [
        *((port, f"{who} in a compose file of the workspace") for port, who in hand_set.items()),
        *((service.answers.port, f"the service {service.name}") for service in services),
    ]
    twins = _first_twins(claims)
    if twins:
        port, one, other = twins
        template = next(one.template for one in services if one.answers.port == port)
        free = allocate_port(template, [one.answers for one in services], taken=hand_set)
        raise WiringError(
            f"Host port {port} is taken twice: by {one} and by {other}.",
            hint=f"Give one of them another port; {free} is free.",
        )


def _refuse_role(service: Service) -> None:
    name = snake(service.name)
    if service.template.owns_database and _POSTGRES_OWN.fullmatch(name):
        raise WiringError(
            f"The service {service.name} would own a database {name}, "
            "a name that PostgreSQL keeps for itself.",
            hint=f"Rename the service: {service.name}-data would do.",
        )


def _refuse_unasked_link(service: Service) -> None:
    provider = service.answers.data_service
    if provider and "data_service" not in {link.name for link in service.template.links}:
        raise WiringError(
            f"The service {service.name} names the data service {provider}, "
            f"but a {service.template.name} service calls none.",
            hint=f"Empty `data_service` in services/{service.name}/{ANSWERS_FILE}.",
        )


def _refuse_link(
    consumer: Service, link: LinkSpec, provider: str, services: Mapping[str, Service]
) -> None:
    place = f"`{link.name}` in services/{consumer.name}/{ANSWERS_FILE}"
    able = sorted(name for name, one in services.items() if link.to in one.template.provides)
    offered = f"{_OFFERED[link.to]}: {', '.join(able) or 'none yet'}."
    if provider not in services:
        raise WiringError(
            f"The service {consumer.name} calls {provider}, but there is no such service.",
            hint=f"Make it, or change {place}. {offered}",
        )
    if provider not in able:
        raise WiringError(
            f"The service {consumer.name} calls {provider}, but {provider} is a "
            f"{services[provider].template.name} service and {_LACKS[link.to]}.",
            hint=f"Change {place}. {offered}",
        )


def _refuse_circle(calls: Mapping[str, Sequence[str]]) -> None:
    for start in calls:
        ways = [[start]]
        while ways:
            way = ways.pop()
            for following in calls.get(way[-1], ()):
                if following == start:
                    raise WiringError(
                        f"The services call each other in a circle: {' → '.join([*way, start])}.",
                        hint="Take one of these links out: none of them could ever start first.",
                    )
                if following not in way:
                    ways.append([*way, following])


def _first_twins(claims: Iterable[tuple[Key, str]]) -> tuple[Key, str, str] | None:
    taken: dict[Key, str] = {}
    for key, who in claims:
        if key in taken:
            return key, taken[key], who
        taken[key] = who
    return None
