"""Says for each service what verifying it takes: backing services, settings, and whom it calls."""

import re
import secrets
from collections.abc import Mapping

from generator.answers import Answers
from generator.backing import BackingKind
from generator.catalog import BACKING_SERVICES, BackingSpec, backing_specs, template_spec
from generator.usecases.lazy_backing import LazyBacking, ServiceVariables
from generator.verification import ContractJob, ServiceJob
from generator.wiring import Wiring, service_environment
from generator.workspace import Workspace

_PLACEHOLDER = re.compile(r"\$\{(\w+)[^}]*\}")
_LINK = "DATA_SERVICE_URL"
_OPENAPI = "openapi.json"


def kinds_of(answers: Answers) -> frozenset[BackingKind]:
    """The kinds of servers that a service needs."""
    return frozenset(BackingKind(spec.server) for spec in _backing_of(answers))


def kinds_of_shared(workspace: Workspace) -> frozenset[BackingKind]:
    """Servers for the shared library's messages, where some service needs RabbitMQ at all."""
    kinds = {kind for answers in workspace.services() for kind in kinds_of(answers)}
    messaging = frozenset({BackingKind.RABBITMQ, BackingKind.REDIS})
    return messaging if BackingKind.RABBITMQ in kinds else frozenset()


def service_job(
    workspace: Workspace, answers: Answers, wiring: Wiring, backing: LazyBacking
) -> ServiceJob:
    """What verifying one service takes."""
    name, spec, kinds = answers.service_name, template_spec(answers.template), kinds_of(answers)
    settings = {"SERVICE_NAME": name} | _made_up(service_environment(wiring, name))
    # `/ready` must tell when one of these leads nowhere, but for those that are optional.
    urls = {one.url: one.name in spec.optional_backing for one in _backing_of(answers)}
    same = _urls_of_one_server(answers)
    links = frozenset({_LINK} if answers.data_service else ())
    return ServiceJob(
        name=name,
        folder=workspace.service_dir(name),
        spec=spec,
        environment=ServiceVariables(backing, name, kinds, {}, same),
        boot_environment=ServiceVariables(backing, name, kinds, settings, same),
        dependencies=links | {url for url, optional in urls.items() if not optional},
        optional=frozenset(url for url, optional in urls.items() if optional),
        stubs=links,
        contract=_contract(workspace, answers),
    )


def _backing_of(answers: Answers) -> tuple[BackingSpec, ...]:
    return backing_specs(template_spec(answers.template).backing_for(answers.features))


def _urls_of_one_server(answers: Answers) -> Mapping[str, str]:
    """Variables that get the value of another: one server stands for all of its kind here."""
    first = {spec.name: spec.url for spec in BACKING_SERVICES if spec.name == spec.server}
    return {
        spec.url: first[spec.server] for spec in _backing_of(answers) if spec.name != spec.server
    }


def _contract(workspace: Workspace, answers: Answers) -> ContractJob | None:
    if not answers.data_service:
        return None
    return ContractJob(
        provider=answers.data_service,
        openapi=workspace.service_dir(answers.data_service) / _OPENAPI,
        # Without the example there is a client, but nothing of ours that calls with it.
        must_call=answers.example,
    )


def _made_up(environment: Mapping[str, str]) -> dict[str, str]:
    """Values for a start that nobody else sees: every secret is a fresh one."""
    made: dict[str, str] = {}

    def fill(match: re.Match[str]) -> str:
        return made.setdefault(match[1], secrets.token_urlsafe(32))

    return {name: _PLACEHOLDER.sub(fill, value) for name, value in environment.items()}
