"""Verifies services on real backing services, and the workspace around them."""

import os
from dataclasses import dataclass
from functools import partial

from generator.answers import Answers
from generator.errors import EnvironmentMissingError, UsageError
from generator.usecases.events import Teller
from generator.usecases.lazy_backing import LazyBacking
from generator.usecases.service_jobs import kinds_of, service_job
from generator.usecases.wiring_files import plan_sync
from generator.verification import (
    SHARED_SUBJECT,
    WORKSPACE_SUBJECT,
    Check,
    OnEvent,
    Options,
    Report,
    WorkspaceCheck,
    changed_services,
    verify,
)
from generator.wiring import Wiring
from generator.workspace import Workspace


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
    kinds = frozenset(kind for answers in chosen for kind in kinds_of(answers))
    with LazyBacking(
        kinds, environment=os.environ, use_running=wanted.use_running, tell=tell
    ) as backing:
        jobs = [service_job(workspace, answers, wiring, backing) for answers in chosen]
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
        calls = {name: answers.data_service for name, answers in services.items()}
        names = set(changed_services(workspace, names, wanted.changed, calls=calls))
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


def _wiring_findings(workspace: Workspace) -> tuple[str, ...]:
    return tuple(
        f"{change.path} was edited by hand: generator sync shows how"
        if change.hand_edited
        else f"{change.path} is behind the answers: generator sync"
        for change in plan_sync(workspace).changes
    )
