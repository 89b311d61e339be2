"""Turns how a program ended into a verdict."""

from collections.abc import Sequence
from dataclasses import replace

from generator.processes import Completed
from generator.processes.output import last_line
from generator.verification.model import Outcome, Verdict


def verdict_of(done: Completed, *, command: str, seconds: float) -> Verdict:
    """The verdict on a program whose exit code is its answer."""
    if done.code == 0:
        return Verdict(outcome=Outcome.PASSED, command=command, output=done.output)
    if done.code is None:
        reason = f"still running after {seconds:g} s, and was stopped"
    elif done.code < 0:
        reason = f"killed by signal {-done.code}"
    else:
        reason = last_line(done.output) or f"exit code {done.code}"
    return Verdict(outcome=Outcome.FAILED, reason=reason, command=command, output=done.output)


def not_run(reason: str, *, command: str = "", output: str = "") -> Verdict:
    """The verdict on a check that could not be made."""
    return Verdict(outcome=Outcome.NOT_RUN, reason=reason, command=command, output=output)


def failed(reason: str, *, command: str = "", output: str = "") -> Verdict:
    """The verdict on a check that found something."""
    return Verdict(outcome=Outcome.FAILED, reason=reason, command=command, output=output)


def unjudged(verdict: Verdict) -> Verdict:
    """The same verdict, of a check that could not see what it is to judge."""
    return replace(verdict, judged=False)


def headline(findings: Sequence[str]) -> str:
    """One line for a list of findings."""
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    return findings[0] + more
