"""Starts the whole system on data of its own, has scenarios played with it, and sees it heal."""

import shutil
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from generator.errors import GeneratorError, MissingPrerequisiteError, UnjudgedError, UsageError
from generator.files import refuse_links
from generator.running import Actions, Control, Places, Record
from generator.usecases.reporter import Reporter
from generator.usecases.service_plans import code_environment
from generator.usecases.started_system import kinds_of_all, started_system
from generator.usecases.system_parts import SystemParts
from generator.usecases.system_results import SystemResults
from generator.usecases.system_settings import Checked, system_to_check
from generator.usecases.up_record import RecordKeeper
from generator.usecases.verify import Verified, backing_use
from generator.usecases.workspace_lock import unchanged
from generator.verification import (
    SYSTEM_SUBJECT,
    BackingUse,
    Check,
    OnEvent,
    Outcome,
    Report,
    Scenario,
    Scratch,
    Verdict,
    find_scenarios,
    play,
)
from generator.verification.verdicts import failed, not_run, unjudged
from generator.workspace import Workspace

# The variable that leads scenarios to the system.
URL = "SYSTEM_CHECK_URL"
# In the private folder: what the services of the last red check have said.
LOGS = "system-logs"
# Whatever is killed is back long before.
HEAL_SECONDS = 180.0


@dataclass(frozen=True, kw_only=True, slots=True)
class SystemRequest:
    """What to check.

    Attributes:
        names: services; those that they call are started as well. Empty means all.
        only: the names of scenarios; empty means all, and that every part comes back.
        strict: whether a check that did not run is a finding.
        fetch: whether a server may be downloaded when there is no other way.
    """

    names: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    strict: bool = False
    fetch: bool = False


def verify_system(
    workspace: Workspace, request: SystemRequest, *, report: Reporter, on_event: OnEvent
) -> Verified:
    """Start everything, play the scenarios, kill what they did not kill, and end everything.

    Neither a system that runs here nor another check is disturbed: ports, data, files and secrets
    are this check's own. Whichever way it ends, nothing of it is left.

    Raises:
        UsageError: an unknown service or scenario, or no service at all.
        WiringError: the services' answers contradict each other.
        MissingPrerequisiteError: a setting is missing.
        DestinationRefusedError: a link stands where an environment or a cache would be.
    """
    refuse_links(workspace.root, *workspace.written_places())
    begun, at = time.monotonic(), datetime.now(UTC)
    with (
        unchanged(workspace, report),
        Scratch(workspace.private_dir) as scratch,
        Control() as control,
    ):
        places = Places(
            folder=scratch.of_run(SYSTEM_SUBJECT), venvs=scratch.venv, caches=scratch.cache
        )
        checked, scenarios = _what_to_check(workspace, request, places, control.inbox_url)
        results = SystemResults(scenarios, on_event, whole=not request.only)
        check = _SystemCheck(checked, scenarios, control, results, report)
        check.run()
        found = Report(
            workspace=workspace.name,
            strict=request.strict,
            started=at,
            seconds=time.monotonic() - begun,
            subjects=results.reports(),
            backing=check.used,
        )
        if found.findings:
            _keep_logs(workspace, places, report)
    return Verified(report=found, missing=check.missing)


def _what_to_check(
    workspace: Workspace, request: SystemRequest, places: Places, inbox_url: str
) -> tuple[Checked, tuple[Scenario, ...]]:
    """How the system is started, and the scenarios that are played with it."""
    checked = system_to_check(
        workspace, request.names, places, inbox_url=inbox_url, fetch=request.fetch
    )
    services = [one.name for one in checked.plan.settled]
    scenarios = _chosen(find_scenarios(workspace, services), request.only)
    packages = tuple({one.package for one in scenarios} - set(services))
    return replace(checked, plan=replace(checked.plan, packages=packages)), scenarios


def _chosen(scenarios: Sequence[Scenario], only: Sequence[str]) -> tuple[Scenario, ...]:
    known = {name for one in scenarios for name in (one.name, one.path.stem)}
    for name in only:
        if name not in known:
            found = ", ".join(one.name for one in scenarios) or "none"
            raise UsageError(f"There is no scenario {name!a}.", hint=f"Scenarios: {found}.")
    return tuple(one for one in scenarios if not only or {one.name, one.path.stem} & set(only))


def _keep_logs(workspace: Workspace, places: Places, report: Reporter) -> None:
    kept = workspace.private_dir / LOGS
    with suppress(OSError):
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(places.logs, kept)
        report(f"What the services said is in {kept.relative_to(workspace.root)}.")


class _View:
    """Tells of a system that is checked no more than what happens to it."""

    def __init__(self, report: Reporter) -> None:
        self._report = report

    def tell(self, message: str, /) -> None:
        """Say what happens."""
        self._report(message)

    def said(self, _service: str, _moment: str, _lines: Sequence[str], /) -> None:
        """Leave it to the log."""

    def changed(self, _record: Record, /) -> None:
        """Wait for the end."""


class _SystemCheck:
    """One check of a system, from its start to its end."""

    def __init__(
        self,
        checked: Checked,
        scenarios: Sequence[Scenario],
        control: Control,
        results: SystemResults,
        report: Reporter,
    ) -> None:
        self._checked, self._scenarios, self._control = checked, scenarios, control
        self._results, self._report = results, report
        self._parts: SystemParts | None = None
        self._judged = True
        self.missing: MissingPrerequisiteError | None = None

    @property
    def used(self) -> tuple[BackingUse, ...]:
        """The servers that it ran on."""
        return tuple(map(backing_use, self._parts.servers)) if self._parts else ()

    def run(self) -> None:
        """Make all results."""
        results = self._results
        with ExitStack() as stack:
            results.make(SYSTEM_SUBJECT, Check.START, lambda: self._start(stack))
            if self._parts and results.outcome(SYSTEM_SUBJECT, Check.START) is Outcome.PASSED:
                self._play_all(self._parts)
        results.skip_rest(f"{Check.START} did not pass", judged=self._judged)

    def _start(self, stack: ExitStack) -> Verdict:
        plan = self._checked.plan
        keeper = RecordKeeper(plan.site.places, _View(self._report))
        try:
            started = stack.enter_context(started_system(plan, keeper))
            self._parts = SystemParts(self._checked, started)
            started.system.wait_until_ready()
        except MissingPrerequisiteError as error:
            self.missing = error
            return not_run(error.message, output=error.hint)
        except UnjudgedError as error:
            self._judged = False
            return unjudged(not_run(error.message, output=error.hint))
        except GeneratorError as error:
            return failed(error.message, output=error.hint)
        servers = ", ".join(sorted(kinds_of_all(plan.settled))) or "no server"
        return Verdict(outcome=Outcome.PASSED, reason=f"{len(plan.settled)} services on {servers}")

    def _play_all(self, parts: SystemParts) -> None:
        self._control.actions = Actions(
            describe=parts.describe,
            kill=parts.kill,
            unready=parts.unready,
            log=parts.log,
            tell=lambda line: self._report(f"    {line}"),
        )
        for one in self._scenarios:
            self._results.make(one.name, Check.SCENARIO, partial(self._play, parts, one))
        self._results.make(SYSTEM_SUBJECT, Check.RECOVERY, partial(_recover, parts))

    def _play(self, parts: SystemParts, scenario: Scenario) -> Verdict | None:
        places = self._checked.plan.site.places
        return play(
            parts.processes,
            scenario,
            venv=places.venv(scenario.package),
            environment={**code_environment(places, scenario.package), URL: self._control.url},
            scratch=places.folder,
        )


def _recover(parts: SystemParts) -> Verdict:
    """Whether every part that no scenario has killed comes back, and all of it works then."""
    in_scenarios = len(parts.killed)
    for name in ("", *(one for one in parts.names if one not in parts.killed)):
        if name:
            parts.kill(name)
        if left := parts.wait_until_ready(HEAL_SECONDS):
            after = f"after {name} was killed" if name else "after the scenarios"
            reason = f"{HEAL_SECONDS:g} s {after}, {', '.join(left)} cannot be used"
            return failed(reason, output="\n".join(parts.notes()))
    told = f"{len(parts.killed)} parts were killed and came back, {in_scenarios} in scenarios"
    return Verdict(outcome=Outcome.PASSED, reason=told)
