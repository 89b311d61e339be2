"""Verifies services on real backing services, and the workspace around them."""

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from generator.backing import BackingKind, Request, Started
from generator.errors import MissingPrerequisiteError, UsageError
from generator.files import refuse_links
from generator.usecases.backing import lender_variables
from generator.usecases.compose_rules import compose_findings
from generator.usecases.contracts import messages_check
from generator.usecases.lazy_backing import LazyBacking, ServiceVariables
from generator.usecases.reporter import Reporter
from generator.usecases.service_jobs import kinds_of, kinds_of_shared, service_job
from generator.usecases.wiring_files import SyncPlan, plan_sync
from generator.usecases.workspace_lock import unchanged
from generator.verification import (
    SHARED_SUBJECT,
    SYSTEM_CHECKS,
    WORKSPACE_SUBJECT,
    BackingUse,
    Check,
    CheckResult,
    Event,
    Interrupted,
    OnEvent,
    Options,
    Outcome,
    Remaining,
    Report,
    SubjectReport,
    WorkspaceCheck,
    changed_services,
    parse_shard,
    verify,
)
from generator.wiring import Wiring
from generator.workspace import Inventory, Unjudged, Workspace

# Each server says its version first, whatever else it says of itself.
_VERSION = re.compile(r"\d+(?:\.\d+)+")
# The checks that take servers.
_SERVED = frozenset({Check.TESTS, Check.BOOT})


@dataclass(frozen=True, kw_only=True, slots=True)
class VerifyRequest:
    """What to verify.

    Attributes:
        names: services, `shared` or `workspace`; empty means everything.
        only: the names of checks; empty means all.
        changed: a git ref: only services that differ from it; empty means no matter.
        shard: which part of all that, as in `2/4`; empty means everything.
        use_cache: whether unchanged, green subjects are answered from the cache.
        strict: whether a check that did not run is a finding.
        jobs: how many checks run at the same time; 0 means as many as there are cores.
        use_running: prefer servers that already run on loopback.
        fetch: whether a server may be downloaded when there is no other way.
        messages: whether the services' messages are held to each other. A command that adds or
            changes one service does not: the other side may be still to come.
    """

    names: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    changed: str = ""
    shard: str = ""
    use_cache: bool = True
    strict: bool = False
    jobs: int = 0
    use_running: bool = False
    fetch: bool = False
    messages: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """What came of it: the report, and what this machine lacked, if anything."""

    report: Report
    missing: MissingPrerequisiteError | None

    @property
    def exit_code(self) -> int:
        """The report's; without findings, that of what was missing."""
        return self.report.exit_code or (self.missing.exit_code if self.missing else 0)


def verify_workspace(
    workspace: Workspace,
    request: VerifyRequest,
    *,
    report: Reporter,
    on_event: OnEvent,
    backing: LazyBacking | None = None,
) -> Verified:
    """Run every check that was asked for and report what each one found.

    Args:
        workspace: where.
        request: what to verify.
        report: hears which servers are used.
        on_event: told of the progress.
        backing: servers that were begun before; they stay the caller's.

    Raises:
        UsageError: for an unknown service or check.
        WiringError: when the services' answers contradict each other.
        MissingPrerequisiteError: when uv is missing.
        DestinationRefusedError: when a link stands where an environment or a cache would be.
    """
    refuse_links(workspace.root, *workspace.written_places())
    with unchanged(workspace, report):
        return _verify(workspace, request, report, on_event, backing)


def _verify(
    workspace: Workspace,
    request: VerifyRequest,
    report: Reporter,
    on_event: OnEvent,
    backing: LazyBacking | None,
) -> Verified:
    plan = plan_sync(workspace)
    shard = parse_shard(request.shard)
    names = shard.select(_chosen(workspace, plan.inventory, request))
    chosen = [one for one in plan.inventory.services if one.name in names]
    wiring = plan.wiring
    with ExitStack() as stack:
        servers = backing or stack.enter_context(LazyBacking(backing_request(request)))
        servers.report = report
        needs = {service.name: kinds_of(service) for service in chosen}
        needs[SHARED_SUBJECT] = kinds_of_shared(workspace)
        found = verify(
            workspace,
            [service_job(workspace, service, wiring, servers) for service in chosen],
            checks=_workspace_checks(workspace, plan, request),
            options=replace(
                _options(request, wiring, servers, needs[SHARED_SUBJECT]),
                shared=SHARED_SUBJECT in names,
                workspace=shard.is_first and _wants(request, WORKSPACE_SUBJECT),
            ),
            on_event=partial(_begin_servers, servers, needs, on_event),
        )
    left = [one for one in plan.inventory.unjudged if one.name in names]
    whole = replace(_with_unjudged(found, left), backing=tuple(map(backing_use, servers.used)))
    return Verified(report=whole, missing=servers.missing)


def backing_use(started: Started) -> BackingUse:
    """A server as the report names it."""
    version = _VERSION.search(started.detail)
    return BackingUse(
        kind=started.kind.value,
        provider=started.provider,
        version=version[0] if version else "",
        detail=started.detail,
    )


def _with_unjudged(report: Report, unjudged: Sequence[Unjudged]) -> Report:
    """The report with a line for each service that could not be judged at all."""
    return replace(report, subjects=(*report.subjects, *map(_not_judged, unjudged)))


def _not_judged(service: Unjudged) -> SubjectReport:
    result = CheckResult(
        subject=service.name,
        check=Check.RULES,
        outcome=Outcome.NOT_RUN,
        rerun=f"generator verify {service.name}",
        seconds=0.0,
        ran_at=datetime.now(UTC),
        reason=f"left alone: {service.reason}",
    )
    return SubjectReport(name=service.name, kind="service", results=(result,))


def backing_request(request: VerifyRequest) -> Request:
    """Where the servers of a verification may come from."""
    return Request(environment=os.environ, use_running=request.use_running, fetch=request.fetch)


def _begin_servers(
    backing: LazyBacking,
    needs: Mapping[str, frozenset[BackingKind]],
    on_event: OnEvent,
    event: Event,
) -> None:
    """Let the servers start while environments are made: for all that the cache does not answer."""
    if isinstance(event, Remaining):
        users = [name for name, checks in event.checks if _SERVED & set(checks)]
        backing.begin({kind for name in users for kind in needs[name]})
    elif isinstance(event, Interrupted):
        backing.abandon()
    on_event(event)


def _chosen(workspace: Workspace, inventory: Inventory, request: VerifyRequest) -> set[str]:
    services = {answers.service_name for answers in inventory.answers}
    for name in request.names:
        if name not in {SHARED_SUBJECT, WORKSPACE_SUBJECT}:
            workspace.service(name)
    names = services & set(request.names) if request.names else services
    if request.changed:
        calls = {one.name: [other for _, other in one.links] for one in inventory.services}
        names = set(changed_services(workspace, names, request.changed, calls=calls))
    return names | ({SHARED_SUBJECT} if _wants(request, SHARED_SUBJECT) else set())


def _wants(request: VerifyRequest, subject: str) -> bool:
    return not request.names or subject in request.names


def _options(
    request: VerifyRequest, wiring: Wiring, backing: LazyBacking, kinds: frozenset[BackingKind]
) -> Options:
    everything = Options(strict=request.strict, use_cache=request.use_cache)
    return Options(
        only=frozenset(map(_check, request.only)) or None,
        use_cache=request.use_cache,
        strict=request.strict,
        jobs=request.jobs or everything.jobs,
        shared_environment=ServiceVariables(
            # Where no service needs them, its suite asks for servers, and says what it skipped.
            backing,
            SHARED_SUBJECT,
            kinds,
            lender_variables(),
        ),
        shared_servers=tuple(sorted(kinds)),
        # A checkout in CI has no `.env`; whether one is complete is what sync says.
        compose_environment={secret.name: "unset" for secret in wiring.secrets},
    )


def _check(name: str) -> Check:
    known = {check.value: check for check in Check if check not in SYSTEM_CHECKS}
    if name not in known:
        raise UsageError(f"There is no check {name!a}.", hint=f"Checks: {', '.join(known)}.")
    return known[name]


def _workspace_checks(
    workspace: Workspace, plan: SyncPlan, request: VerifyRequest
) -> list[WorkspaceCheck]:
    compose = partial(compose_findings, workspace, plan.wiring)
    return [
        WorkspaceCheck(check=Check.WIRING, find=partial(_wiring_findings, plan)),
        WorkspaceCheck(check=Check.COMPOSE_RULES, find=compose),
        *([messages_check(workspace, plan.inventory)] if request.messages else []),
    ]


def _wiring_findings(plan: SyncPlan) -> tuple[str, ...]:
    return tuple(
        f"{change.path} was edited by hand: generator sync shows how"
        if change.discards_edit
        else f"{change.path} is behind the answers: generator sync"
        for change in plan.changes.entries
    )
