"""Says how a system is started that is checked: with secrets, ports and places of its own."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from generator.backing import Request
from generator.errors import MissingPrerequisiteError
from generator.files import read_below
from generator.naming import env_prefix
from generator.processes import lasting_port
from generator.running import Places, Port, in_link_order
from generator.usecases.service_plans import Settled, Site, chosen_services, settle
from generator.usecases.started_system import SystemPlan
from generator.usecases.wiring_files import plan_sync
from generator.wiring import OPERATOR, Wiring, env_values
from generator.workspace import SERVICES, Service, Workspace

# What a service is told in a system check beside what Compose gives it.
SETTINGS = "scenarios/service.env"
# What may stand in there: where it may send what would go to strangers.
_INBOX = "INBOX_URL"
# What a message has led to is logged only then.
_LOUD = {"LOG_LEVEL": "DEBUG"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """A system that is to be checked.

    Attributes:
        plan: how it is started.
        operator_keys: the key with which a person calls each data service, by its name.
    """

    plan: SystemPlan
    operator_keys: Mapping[str, str]


def system_to_check(
    workspace: Workspace, names: tuple[str, ...], places: Places, *, inbox_url: str, fetch: bool
) -> Checked:
    """The system of these services, or of all, on data that are gone at the end.

    `.env` is not read: its secrets and the addresses of a person's own servers stay out of it, and
    a checkout in CI has none.

    Raises:
        UsageError: a name that is none, or no service at all.
        WiringError: the services' answers contradict each other.
        MissingPrerequisiteError: a setting is missing.
    """
    sync = plan_sync(workspace)
    chosen = {one.name: one for one in chosen_services(sync.inventory, names)}
    order = in_link_order({name: [to for _, to in one.links] for name, one in chosen.items()})
    services = [chosen[name] for group in order for name in group]
    made = _made_up(sync.wiring, services)
    settled = tuple(
        _settled(workspace, service, {**os.environ, **made, **_LOUD}, inbox_url)
        for service in services
    )
    plan = SystemPlan(
        site=Site(workspace=workspace, places=places, ports=_ports(services)),
        settled=settled,
        servers=Request(environment=os.environ, fetch=fetch, durable=True),
    )
    keys = {one.name: made.get(_operator_key(one.name), "") for one in services}
    return Checked(plan=plan, operator_keys=keys)


def _settled(
    workspace: Workspace, service: Service, values: Mapping[str, str], inbox_url: str
) -> Settled:
    raw = read_below(workspace.root, f"{SERVICES}/{service.name}/{SETTINGS}") or b""
    own = env_values(raw.decode(errors="replace"), {_INBOX: inbox_url})
    fakes = frozenset(one.name for one in service.template.external_services)
    try:
        [settled] = settle(workspace, [service], fakes, {**values, **own})
    except MissingPrerequisiteError as error:
        raise MissingPrerequisiteError(
            error.message.replace(" in .env", ""),
            hint=f"Set it in {SERVICES}/{service.name}/{SETTINGS}: a system check reads no .env.",
        ) from error
    given = replace(settled.given, environment={**settled.given.environment, **own})
    return replace(settled, given=given)


def _made_up(wiring: Wiring, services: list[Service]) -> dict[str, str]:
    """A fresh value for every secret, and for those of persons one that opens nothing."""
    stubs = {
        f"{env_prefix(service.name)}__{one.name}": one.stub_of(service.name)
        for service in services
        for one in service.template.external_for(service.answers.features)
    }
    made = {one.name: secrets.token_urlsafe(32) for one in wiring.secrets}
    return made | stubs


def _ports(services: list[Service]) -> dict[str, Port]:
    """Ports that nobody expects a service on, and that it finds free again after a kill."""
    names = [name for one in services for name in (one.name, f"{one.name} metrics")]
    found: dict[str, Port] = {}
    taken: set[int] = set()
    for name in names:
        while (number := lasting_port()) in taken:
            pass
        taken.add(number)
        found[name] = Port(number=number, wanted=number)
    return found


def _operator_key(data_service: str) -> str:
    return f"{env_prefix(OPERATOR)}__{env_prefix(data_service)}__API_KEY"
