"""Adds up what a system check finds, and tells of it as it comes."""

import shlex
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from generator.verification import (
    SYSTEM_SUBJECT,
    Check,
    CheckResult,
    Finished,
    OnEvent,
    Outcome,
    Planned,
    Scenario,
    Started,
    SubjectReport,
    Verdict,
)
from generator.verification.plan import guarded
from generator.verification.verdicts import not_run, unjudged

_RERUN = ("generator", "verify", "--system")


class SystemResults:
    """The results so far.

    Args:
        scenarios: what is played.
        on_event: told of the progress.
        whole: whether it is seen as well that every part comes back.
    """

    def __init__(self, scenarios: Sequence[Scenario], on_event: OnEvent, *, whole: bool) -> None:
        own = (Check.START, Check.RECOVERY) if whole else (Check.START,)
        self._planned = {SYSTEM_SUBJECT: own}
        self._planned |= {one.name: (Check.SCENARIO,) for one in scenarios}
        self._made: dict[tuple[str, Check], CheckResult] = {}
        self._on_event = on_event
        on_event(Planned(checks=tuple(self._planned.items())))

    def make(self, subject: str, check: Check, run: Callable[[], Verdict | None]) -> None:
        """Have a check made, unless it is not wanted; one that finds nothing to judge is none."""
        if check not in self._planned.get(subject, ()):
            return
        self._on_event(Started(subject=subject, check=check))
        begun = time.monotonic()
        verdict = guarded(run)
        if verdict is None:
            del self._planned[subject]
        else:
            self._record(subject, check, verdict, time.monotonic() - begun)

    def outcome(self, subject: str, check: Check) -> Outcome:
        """How a check ended."""
        return self._made[subject, check].outcome

    def skip_rest(self, reason: str, *, judged: bool) -> None:
        """Say of all that were not made that they were not run."""
        for subject, checks in self._planned.items():
            for check in checks:
                if (subject, check) not in self._made:
                    verdict = not_run(reason) if judged else unjudged(not_run(reason))
                    self._record(subject, check, verdict, 0.0)

    def reports(self) -> tuple[SubjectReport, ...]:
        """All results, the system's own first."""
        return tuple(
            SubjectReport(
                name=subject,
                kind=SYSTEM_SUBJECT if subject == SYSTEM_SUBJECT else Check.SCENARIO.value,
                results=tuple(self._made[subject, check] for check in checks),
            )
            for subject, checks in self._planned.items()
        )

    def _record(self, subject: str, check: Check, verdict: Verdict, seconds: float) -> None:
        words = _RERUN if subject == SYSTEM_SUBJECT else (*_RERUN, "--only", subject)
        result = CheckResult(
            subject=subject,
            check=check,
            outcome=verdict.outcome,
            rerun=shlex.join(words),
            seconds=seconds,
            ran_at=datetime.now(UTC),
            reason=verdict.reason,
            command=verdict.command,
            output=verdict.output,
            tests=verdict.tests,
            judged=verdict.judged,
        )
        self._made[subject, check] = result
        self._on_event(Finished(result=result))
