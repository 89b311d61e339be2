"""Says for each service what verifying it takes: backing services, settings, and whom it calls."""

import re
import secrets
from collections.abc import Iterator, Mapping

from generator.backing import BackingKind
from generator.catalog import BACKING_SERVICES, BackingSpec, backing_specs
from generator.usecases.lazy_backing import LazyBacking, ServiceVariables
from generator.verification import ContractJob, ServiceJob
from generator.wiring import Wiring, service_environment
from generator.workspace import Service, Workspace

_PLACEHOLDER = re.compile(r"\$\{(\w+)[^}]*\}")
_OPENAPI = "openapi.json"


def kinds_of(service: Service) -> frozenset[BackingKind]:
    """The kinds of servers that a service needs."""
    return frozenset(BackingKind(spec.server) for spec in _backing_of(service))


def kinds_of_shared(workspace: Workspace) -> frozenset[BackingKind]:
    """Servers for the shared library's messages, where some service needs RabbitMQ at all."""
    kinds = {kind for service in workspace.inventory().services for kind in kinds_of(service)}
    messaging = frozenset({BackingKind.RABBITMQ, BackingKind.REDIS})
    return messaging if BackingKind.RABBITMQ in kinds else frozenset()


def service_job(
    workspace: Workspace, service: Service, wiring: Wiring, backing: LazyBacking
) -> ServiceJob:
    """What verifying one service takes."""
    name, spec, kinds = service.name, service.template, kinds_of(service)
    wired = service_environment(wiring, name)
    settings = {"SERVICE_NAME": name} | _made_up(wired) | _stubs(service)
    # `/ready` must tell when one of these leads nowhere, but for those that are optional.
    urls = {one.url: one.name in spec.backing.optional for one in _backing_of(service)}
    same = _urls_of_one_server(service)
    external = {one.name: one.stub for one in spec.external_services}
    links = frozenset(f"{link.variable}_URL" for link, _ in service.links)
    return ServiceJob(
        name=name,
        folder=workspace.service_dir(name),
        spec=spec,
        environment=ServiceVariables(backing, name, kinds, {}, same),
        boot_environment=ServiceVariables(backing, name, kinds, settings, same),
        dependencies=links
        | external.keys()
        | {url for url, optional in urls.items() if not optional},
        optional=frozenset(url for url, optional in urls.items() if optional),
        stubs=links,
        external_stubs=external,
        required=frozenset(_stubs(service)),
        contracts=tuple(_contracts(workspace, service)),
    )


def _backing_of(service: Service) -> tuple[BackingSpec, ...]:
    return backing_specs(service.template.backing_for(service.answers.features))


def _urls_of_one_server(service: Service) -> Mapping[str, str]:
    """Variables that get the value of another: one server stands for all of its kind here."""
    first = {spec.name: spec.url for spec in BACKING_SERVICES if spec.name == spec.server}
    return {
        spec.url: first[spec.server] for spec in _backing_of(service) if spec.name != spec.server
    }


def _contracts(workspace: Workspace, service: Service) -> Iterator[ContractJob]:
    """What its suite's calls must fit, by link."""
    for link, provider in service.links:
        yield ContractJob(
            link=link.variable,
            provider=provider,
            openapi=workspace.service_dir(provider) / _OPENAPI,
            # Without the example there is a client, but nothing of ours that calls with it.
            must_call=service.answers.example,
        )


def _stubs(service: Service) -> dict[str, str]:
    """Values for secrets that only a person can give: of the right form, and good for nothing."""
    external = service.template.external_for(service.answers.features)
    return {one.name: one.stub_of(service.name) for one in external}


def _made_up(environment: Mapping[str, str]) -> dict[str, str]:
    """Values for a start that nobody else sees: every secret is a fresh one."""
    made: dict[str, str] = {}

    def fill(match: re.Match[str]) -> str:
        return made.setdefault(match[1], secrets.token_urlsafe(32))

    return {name: _PLACEHOLDER.sub(fill, value) for name, value in environment.items()}
