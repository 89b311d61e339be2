"""Runs a test suite and counts what it executed by its own report."""

import tempfile
from pathlib import Path
from xml.parsers import expat

from generator.verification.context import Context, Subject
from generator.verification.contract import contract_variables, forget_calls
from generator.verification.model import Outcome, TestCounts, Verdict
from generator.verification.verdicts import failed, not_run, verdict_of

_NOTHING_COLLECTED = 5


def check_tests(context: Context, subject: Subject) -> Verdict:
    """Whether the subject's own suite is green and executed at least one test."""
    forget_calls(context, subject)
    pytest = context.tool(subject, "pytest")
    command = context.shown(subject, pytest)
    if not Path(pytest).exists():
        return not_run("pytest is not in its environment: add it to the dev group", command=command)
    # The backing services first: without them nothing may look as if the suite had run.
    variables = {**subject.environment, **contract_variables(context, subject)}
    with tempfile.TemporaryDirectory(prefix="generator-tests-") as folder:
        record = Path(folder) / "tests.xml"
        done = context.processes.run(
            [pytest, f"--junitxml={record}", "-o", f"cache_dir={context.cache(subject)}/pytest"],
            cwd=subject.folder,
            environment=context.running(subject, variables),
            seconds=context.limits.tests,
        )
        counts = read_counts(record)
    verdict = verdict_of(done, command=command, seconds=context.limits.tests)
    return _judged(verdict, counts, nothing=done.code == _NOTHING_COLLECTED)


def _judged(verdict: Verdict, counts: TestCounts | None, *, nothing: bool) -> Verdict:
    """A suite is green only when its report says what it executed, and nothing failed."""
    command, output = verdict.command, verdict.output
    if nothing:
        return failed("no test was collected", command=command, output=output)
    if counts is None:
        reason = verdict.reason or "pytest ended without its report: something ended it early"
        return failed(reason, command=command, output=output)
    told = f"{counts.passed} passed, {counts.failed} failed, {counts.skipped} skipped"
    told += f" ({counts.why})" if counts.why else ""
    outcome, reason = verdict.outcome, told
    if outcome is Outcome.PASSED and counts.failed:
        outcome = Outcome.FAILED
    elif outcome is Outcome.PASSED and not counts.executed:
        outcome, reason = Outcome.FAILED, f"no test was executed: {told}"
    elif outcome is Outcome.FAILED and not counts.failed:
        reason = f"{verdict.reason} ({told})"
    return Verdict(outcome=outcome, reason=reason, command=command, output=output, tests=counts)


def read_counts(record: Path) -> TestCounts | None:
    """What a JUnit file counted; None when there is none or it is broken."""
    totals = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    reasons: list[str] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        if name == "skipped":
            reasons.append(" ".join(attributes.get("message", "").split()))
        if name == "testsuite":
            for key in totals:
                totals[key] += int(attributes.get(key, "0"))

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    try:
        with record.open("rb") as stream:
            parser.ParseFile(stream)
    except (OSError, expat.ExpatError, ValueError):
        return None
    failures = totals["failures"] + totals["errors"]
    return TestCounts(
        passed=max(totals["tests"] - failures - totals["skipped"], 0),
        failed=failures,
        skipped=totals["skipped"],
        why=next(filter(None, reasons), ""),
    )
