"""Reports to be written down: a red one and one full of hostile text."""

from datetime import UTC, datetime

from generator.verification import Check, CheckResult, Outcome, Report, SubjectReport, TestCounts

WHEN = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HOSTILE = "</script><script>document.title='pwned'</script> <!-- \x1b[31m \x00\x08\ufffe & ]]> \"'"


def result(
    check: Check,
    outcome: Outcome,
    *,
    subject: str = "users-data",
    reason: str = "",
    output: str = "",
) -> CheckResult:
    return CheckResult(
        subject=subject,
        check=check,
        outcome=outcome,
        rerun=f"generator verify {subject} --only {check}",
        seconds=1.25,
        ran_at=WHEN,
        reason=reason,
        command="cd services/users-data && ../../.generator/envs/users-data/bin/pytest",
        output=output,
        tests=TestCounts(passed=41, failed=1, skipped=2) if check is Check.TESTS else None,
    )


def report(*results: CheckResult, strict: bool = False, name: str = "users-data") -> Report:
    subject = SubjectReport(name=name, kind="service", results=results)
    return Report(workspace="shop", strict=strict, started=WHEN, seconds=12.5, subjects=(subject,))
