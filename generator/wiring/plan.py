"""Derives the whole wiring from the services' answers: a pure function of data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from generator.answers import Answers
from generator.catalog import FeatureSpec, TemplateSpec, backing_specs
from generator.naming import env_prefix
from generator.wiring.checks import refuse_contradictions, specs_of
from generator.wiring.files import System, wiring_files
from generator.wiring.model import OPERATOR, Database, Link, Secret, WiredService, Wiring


def plan_wiring(
    workspace_name: str,
    services: Sequence[Answers],
    *,
    owner: str = "",
    description: str = "",
    hand_set_ports: Mapping[int, str] | None = None,
) -> Wiring:
    """Everything that follows from the answers; the same whatever their order.

    Args:
        workspace_name: the workspace's name.
        services: the answers of all services.
        owner: who answers for the workspace.
        description: what the workspace is for, in free text.
        hand_set_ports: host ports that people set in compose files, each with its service.

    Raises:
        WiringError: when answers contradict each other; it names both sides.
    """
    ordered = sorted(services, key=lambda answers: answers.service_name)
    specs = specs_of(ordered)
    refuse_contradictions(ordered, specs, hand_set_ports or {})
    links = _links(ordered, specs)
    wired = tuple(_wired(answers, specs[answers.service_name], links) for answers in ordered)
    databases = tuple(service.database for service in wired if service.database)
    backing = tuple(sorted({name for service in wired for name in service.backing}))
    secrets = tuple(_secrets(backing, databases, links, _features(ordered, specs)))
    planned = Wiring(
        services=wired, links=links, databases=databases, backing=backing, secrets=secrets, files=()
    )
    system = System(name=workspace_name, owner=owner, description=description)
    return replace(planned, files=wiring_files(system, planned))


def service_environment(wiring: Wiring, service_name: str) -> Mapping[str, str]:
    """The variables that wiring gives a service; secrets stand in them as `${NAME}`.

    Raises:
        KeyError: when there is no such service.
    """
    return {service.name: service for service in wiring.services}[service_name].environment


def _links(services: Sequence[Answers], specs: Mapping[str, TemplateSpec]) -> tuple[Link, ...]:
    # People's scripts have no business with password hashes: the operator is no reader.
    links = [
        Link(consumer=OPERATOR, provider=name) for name, spec in specs.items() if spec.owns_database
    ]
    chosen = _features(services, specs)
    links += [
        Link(
            consumer=answers.service_name,
            provider=answers.data_service,
            reads_credentials=any(f.reads_credentials for f in chosen[answers.service_name]),
        )
        for answers in services
        if answers.data_service
    ]
    return tuple(sorted(links, key=lambda link: (link.provider, link.consumer)))


def _features(
    services: Sequence[Answers], specs: Mapping[str, TemplateSpec]
) -> Mapping[str, tuple[FeatureSpec, ...]]:
    return {
        answers.service_name: specs[answers.service_name].chosen(answers.features)
        for answers in services
    }


def _wired(answers: Answers, spec: TemplateSpec, links: Sequence[Link]) -> WiredService:
    backing = tuple(sorted(spec.backing_for(answers.features)))
    return WiredService(
        name=answers.service_name,
        template=answers.template,
        description=answers.description,
        owner=answers.owner,
        port=answers.port,
        component_type=spec.component_type,
        provides_api=spec.provides_api,
        backing=backing,
        calls=answers.data_service,
        database=Database(service=answers.service_name) if spec.owns_database else None,
        environment={
            **dict(_served(answers.service_name, links) if spec.owns_database else ()),
            **dict(_called(answers.service_name, links)),
            **dict(_backed(answers.service_name, backing)),
            **dict(_signed(answers.service_name, spec.chosen(answers.features))),
        },
    )


def _served(name: str, links: Sequence[Link]) -> Iterator[tuple[str, str]]:
    served = [link for link in links if link.provider == name]
    yield "API_KEYS", ",".join(f"{link.consumer}=${{{link.key_name}}}" for link in served)
    yield (
        "CREDENTIALS_READERS",
        ",".join(link.consumer for link in served if link.reads_credentials),
    )


def _called(name: str, links: Sequence[Link]) -> Iterator[tuple[str, str]]:
    for link in links:
        if link.consumer == name:
            yield "DATA_SERVICE_URL", f"http://{link.provider}:8000"
            yield "DATA_SERVICE_API_KEY", f"${{{link.key_name}}}"


def _backed(name: str, backing: Sequence[str]) -> Iterator[tuple[str, str]]:
    for spec in backing_specs(backing):
        for variable, value in spec.variables:
            yield variable, value.replace("{service}", name)


def _signed(name: str, features: Sequence[FeatureSpec]) -> Iterator[tuple[str, str]]:
    for feature in features:
        for variable, _ in feature.secrets:
            yield variable, f"${{{_secret_name(name, variable)}}}"


def _secrets(
    backing: Sequence[str],
    databases: Sequence[Database],
    links: Sequence[Link],
    features: Mapping[str, Sequence[FeatureSpec]],
) -> Iterator[Secret]:
    for spec in backing_specs(backing):
        for name, purpose in spec.secrets:
            yield Secret(name=name, purpose=purpose, kind="password")
    for database in databases:
        purpose = f"the database role {database.name}"
        yield Secret(name=database.password_name, purpose=purpose, kind="password")
    for link in links:
        purpose = f"the key with which {link.consumer} calls {link.provider}"
        yield Secret(name=link.key_name, purpose=purpose, kind="api-key")
    for service, chosen in features.items():
        for variable, what in (secret for feature in chosen for secret in feature.secrets):
            purpose = f"{service}: {what}"
            yield Secret(name=_secret_name(service, variable), purpose=purpose, kind="signing-key")


def _secret_name(service: str, variable: str) -> str:
    return f"{env_prefix(service)}__{variable}"
