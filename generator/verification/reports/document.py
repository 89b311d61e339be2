"""A report as plain data, the same for `--json` and for the page."""

from dataclasses import asdict
from typing import Any

from generator import __version__
from generator.verification.model import CheckResult, Report, TestCounts

# Raised when a key is removed or changes its meaning.
SCHEMA = 1


def report_document(report: Report) -> dict[str, Any]:
    """The report as JSON takes it; keys are added, never changed, within one schema."""
    return {
        "schema": SCHEMA,
        "workspace": report.workspace,
        "generator": __version__,
        "started": report.started.isoformat(timespec="seconds"),
        "seconds": round(report.seconds, 3),
        "strict": report.strict,
        "exit_code": report.exit_code,
        "totals": {outcome.value: count for outcome, count in report.totals.items()},
        "skipped_tests": report.skipped_tests,
        "backing": [asdict(one) for one in report.backing],
        "subjects": [
            {
                "name": subject.name,
                "kind": subject.kind,
                "green": subject.green,
                "checks": [_check(result) for result in subject.results],
            }
            for subject in report.subjects
        ],
    }


def _check(result: CheckResult) -> dict[str, Any]:
    return {
        "check": result.check.value,
        "outcome": result.outcome.value,
        "judged": result.judged,
        "seconds": round(result.seconds, 3),
        "ran_at": result.ran_at.isoformat(timespec="seconds"),
        "reason": result.reason,
        "rerun": result.rerun,
        "command": result.command,
        "output": result.output,
        "tests": _counts(result.tests) if result.tests else None,
    }


def _counts(counts: TestCounts) -> dict[str, int]:
    return {"passed": counts.passed, "failed": counts.failed, "skipped": counts.skipped}
