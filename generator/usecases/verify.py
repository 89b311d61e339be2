"""Verifies services on real backing services, and the workspace around them."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from generator.answers import Answers
from generator.backing import BackingKind
from generator.catalog import template_spec
from generator.errors import EnvironmentMissingError, UsageError
from generator.usecases.events import Teller
from generator.usecases.lazy_backing import LazyBacking, ServiceVariables
from generator.usecases.wiring_files import plan_sync
from generator.verification import (
    SHARED_SUBJECT,
    WORKSPACE_SUBJECT,
    Check,
    OnEvent,
    Options,
    Report,
    ServiceJob,
    WorkspaceCheck,
    changed_services,
    verify,
)
from generator.wiring import Wiring, service_environment
from generator.workspace import Workspace

_PLACEHOLDER = re.compile(r"\$\{(\w+)[^}]*\}")
# What each backing service's URL is called; `/ready` must tell when it leads nowhere.
_DEPENDENCIES: Mapping[BackingKind, str] = {BackingKind.POSTGRES: "DATABASE_URL"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What to verify.

    Attributes:
        names: services, `shared` or `workspace`; empty means everything.
        only: the names of checks; empty means all.
        changed: a git ref: only services that differ from it; empty means no matter.
        use_cache: whether unchanged, green subjects are answered from the cache.
        strict: whether a check that did not run is a finding.
        jobs: how many checks run at the same time; 0 means as many as there are cores.
        use_running: prefer servers that already run on loopback.
    """

    names: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    changed: str = ""
    use_cache: bool = True
    strict: bool = False
    jobs: int = 0
    use_running: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """What came of it: the report, and what this machine lacked, if anything."""

    report: Report
    missing: EnvironmentMissingError | None

    @property
    def exit_code(self) -> int:
        """The report's; without findings, that of what was missing."""
        return self.report.exit_code or (self.missing.exit_code if self.missing else 0)


def verify_workspace(
    workspace: Workspace, wanted: Wanted, *, tell: Teller, on_event: OnEvent
) -> Verified:
    """Run every check that was asked for and report what each one found.

    Raises:
        UsageError: for an unknown service or check.
        WiringError: when the services' answers contradict each other.
        EnvironmentMissingError: when uv is missing.
    """
    chosen = _chosen(workspace, wanted)
    wiring = plan_sync(workspace).wiring
    kinds = frozenset(kind for answers in chosen for kind in _kinds(answers))
    with LazyBacking(
        kinds, environment=os.environ, use_running=wanted.use_running, tell=tell
    ) as backing:
        jobs = [_job(workspace, answers, wiring, backing) for answers in chosen]
        check = WorkspaceCheck(check=Check.WIRING, find=partial(_wiring_findings, workspace))
        report = verify(
            workspace, jobs, checks=[check], options=_options(wanted, wiring), on_event=on_event
        )
    return Verified(report=report, missing=backing.missing)


def _chosen(workspace: Workspace, wanted: Wanted) -> list[Answers]:
    services = {answers.service_name: answers for answers in workspace.services()}
    for name in wanted.names:
        if name not in {SHARED_SUBJECT, WORKSPACE_SUBJECT}:
            workspace.service(name)
    names = set(services) & set(wanted.names) if wanted.names else set(services)
    if wanted.changed:
        names = set(changed_services(workspace, names, wanted.changed))
    return [services[name] for name in sorted(names)]


def _options(wanted: Wanted, wiring: Wiring) -> Options:
    everything = Options(strict=wanted.strict, use_cache=wanted.use_cache)
    return Options(
        only=frozenset(map(_check, wanted.only)) or None,
        use_cache=wanted.use_cache,
        strict=wanted.strict,
        jobs=wanted.jobs or everything.jobs,
        workspace=not wanted.names or WORKSPACE_SUBJECT in wanted.names,
        shared=not wanted.names or SHARED_SUBJECT in wanted.names,
        # A checkout in CI has no `.env`; whether one is complete is what sync says.
        compose_environment={secret.name: "unset" for secret in wiring.secrets},
    )


def _check(name: str) -> Check:
    try:
        return Check(name)
    except ValueError:
        known = ", ".join(check.value for check in Check)
        raise UsageError(f"There is no check {name!a}.", hint=f"Checks: {known}.") from None


def _job(
    workspace: Workspace, answers: Answers, wiring: Wiring, backing: LazyBacking
) -> ServiceJob:
    name, kinds = answers.service_name, _kinds(answers)
    settings = {"SERVICE_NAME": name} | _made_up(service_environment(wiring, name))
    return ServiceJob(
        name=name,
        folder=workspace.service_dir(name),
        spec=template_spec(answers.template),
        environment=ServiceVariables(backing, name, kinds, {}),
        boot_environment=ServiceVariables(backing, name, kinds, settings),
        dependencies=frozenset(_DEPENDENCIES[kind] for kind in kinds),
    )


def _kinds(answers: Answers) -> frozenset[BackingKind]:
    spec = template_spec(answers.template)
    return frozenset(BackingKind(kind) for kind in spec.backing_for(answers.features))


def _made_up(environment: Mapping[str, str]) -> dict[str, str]:
    """Values for a start that nobody else sees: every secret is a fresh one."""
    made: dict[str, str] = {}

    def fill(match: re.Match[str]) -> str:
        return made.setdefault(match[1], secrets.token_urlsafe(32))

    return {name: _PLACEHOLDER.sub(fill, value) for name, value in environment.items()}


def _wiring_findings(workspace: Workspace) -> tuple[str, ...]:
    return tuple(
        f"{change.path} was edited by hand: generator sync shows how"
        if change.hand_edited
        else f"{change.path} is behind the answers: generator sync"
        for change in plan_sync(workspace).changes
    )
