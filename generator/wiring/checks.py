"""Refuses answers that contradict each other, in one line that names both sides."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from generator.answers import ANSWERS_FILE, Answers
from generator.catalog import BACKING_SERVICES, TemplateSpec, backing_specs, template_spec
from generator.errors import UsageError, WiringError
from generator.naming import snake
from generator.wiring.model import Wiring
from generator.wiring.ports import allocate_port

# Names that PostgreSQL keeps for itself, as a role or as a database.
_POSTGRES_OWN = re.compile(r"pg_\w*|public|none|postgres|template[01]")

Key = TypeVar("Key", int, str)


def specs_of(services: Iterable[Answers]) -> Mapping[str, TemplateSpec]:
    """The catalog entry of each service, by the service's name.

    Raises:
        WiringError: when a service was made from a template that this generator does not know.
    """
    specs: dict[str, TemplateSpec] = {}
    for answers in services:
        try:
            specs[answers.service_name] = template_spec(answers.template)
        except UsageError as error:
            raise WiringError(
                f"The service {answers.service_name} is made from {answers.template!r}, "
                "a template that this generator does not know.",
                hint="Update the generator, or remove the service.",
            ) from error
    return specs


def refuse_contradictions(
    services: Sequence[Answers],
    specs: Mapping[str, TemplateSpec],
    hand_set_ports: Mapping[int, str],
) -> None:
    """Check everything that Compose lets pass or reports far from its cause.

    Raises:
        WiringError: for the first contradiction; it names both sides and the cure.
    """
    _refuse_twin_names(services, specs)
    _refuse_twin_ports(services, hand_set_ports)
    for answers in services:
        _refuse_role(answers, specs[answers.service_name])
        _refuse_link(answers, specs)
    _refuse_circle({answers.service_name: answers.data_service for answers in services})


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
        for step in template_spec(service.template).prepare[:1]:
            yield f"{service.name}-{step}", f"the {step} step of {service.name}"


def _refuse_twin_names(services: Sequence[Answers], specs: Mapping[str, TemplateSpec]) -> None:
    twins = _first_twins(_compose_names(services, specs))
    if twins:
        name, one, other = twins
        raise WiringError(
            f"The compose service name {name} is taken twice: by {one} and by {other}.",
            hint="Rename the service: Compose would silently make one of the two.",
        )


def _compose_names(
    services: Sequence[Answers], specs: Mapping[str, TemplateSpec]
) -> Iterator[tuple[str, str]]:
    for backing in BACKING_SERVICES:
        for name in backing.compose_services:
            yield name, backing.fragment
    for answers in services:
        yield answers.service_name, f"the service {answers.service_name}"
    for answers in services:
        for step in specs[answers.service_name].prepare[:1]:
            yield f"{answers.service_name}-{step}", f"the {step} step of {answers.service_name}"


def _refuse_twin_ports(services: Sequence[Answers], hand_set: Mapping[int, str]) -> None:
    claims = [
        *((port, f"{who} in a compose file of the workspace") for port, who in hand_set.items()),
        *((answers.port, f"the service {answers.service_name}") for answers in services),
    ]
    twins = _first_twins(claims)
    if twins:
        port, one, other = twins
        template = next(answers.template for answers in services if answers.port == port)
        free = allocate_port(template, services, taken=hand_set)
        raise WiringError(
            f"Host port {port} is taken twice: by {one} and by {other}.",
            hint=f"Give one of them another port; {free} is free.",
        )


def _refuse_role(answers: Answers, spec: TemplateSpec) -> None:
    name = snake(answers.service_name)
    if spec.owns_database and _POSTGRES_OWN.fullmatch(name):
        raise WiringError(
            f"The service {answers.service_name} would own a database {name}, "
            "a name that PostgreSQL keeps for itself.",
            hint=f"Rename the service: {answers.service_name}-data would do.",
        )


def _refuse_link(answers: Answers, specs: Mapping[str, TemplateSpec]) -> None:
    consumer, provider = answers.service_name, answers.data_service
    if not provider:
        return
    place = f"`data_service` in services/{consumer}/{ANSWERS_FILE}"
    offered = ", ".join(sorted(name for name in specs if specs[name].owns_database)) or "none yet"
    if not specs[consumer].calls_data_service:
        raise WiringError(
            f"The service {consumer} names the data service {provider}, "
            f"but a {answers.template} service calls none.",
            hint=f"Empty {place}.",
        )
    if provider not in specs:
        raise WiringError(
            f"The service {consumer} calls {provider}, but there is no such service.",
            hint=f"Make it, or change {place}. Data services: {offered}.",
        )
    if not specs[provider].owns_database:
        raise WiringError(
            f"The service {consumer} calls {provider}, "
            f"but {provider} is a {specs[provider].name} service and holds no data.",
            hint=f"Change {place}. Data services: {offered}.",
        )


def _refuse_circle(calls: Mapping[str, str]) -> None:
    for start in calls:
        way = [start]
        while (following := calls.get(way[-1], "")) and following not in way:
            way.append(following)
        if following == start:
            raise WiringError(
                f"The services call each other in a circle: {' → '.join([*way, start])}.",
                hint="Take one of these links out: none of them could ever start first.",
            )


def _first_twins(claims: Iterable[tuple[Key, str]]) -> tuple[Key, str, str] | None:
    taken: dict[Key, str] = {}
    for key, who in claims:
        if key in taken:
            return key, taken[key], who
        taken[key] = who
    return None
