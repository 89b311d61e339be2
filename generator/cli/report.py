"""Prints a verification's report for people: a table, then each finding with its way out."""

from typing import TYPE_CHECKING

from generator.cli import console

if TYPE_CHECKING:
    from rich.console import Console

    from generator.verification.model import CheckResult, Outcome, Report

_STYLES = {"passed": "green", "failed": "bold red", "not_run": "yellow", "cached": "cyan"}
_TAIL_LINES = 25


def print_report(report: "Report") -> None:
    """Print every check with its outcome, the findings, and the totals."""
    out = console.output_console()
    out.print(_table(report))
    for finding in report.findings:
        _print_finding(out, finding)
    out.print(_totals(report), markup=False)


def _table(report: "Report") -> object:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for title in ("verified", "check", "result", "time", "detail"):
        table.add_column(title, justify="right" if title == "time" else "left")
    for subject in report.subjects:
        for number, result in enumerate(subject.results):
            table.add_row(
                Text(subject.name if number == 0 else ""),
                Text(result.check),
                Text(_word(result.outcome), style=_STYLES[result.outcome]),
                Text(f"{result.seconds:.1f} s"),
                Text(_detail(result)),
            )
    return table


def _detail(result: "CheckResult") -> str:
    if result.outcome == "cached":
        skipped = result.tests.skipped if result.tests else 0
        left_out = f", when {skipped} of its tests were skipped" if skipped else ""
        return f"unchanged since {result.ran_at:%Y-%m-%d %H:%M}{left_out}"
    counts = f"{result.tests.passed} tests passed" if result.tests and not result.reason else ""
    return result.reason or counts


def _print_finding(out: "Console", finding: "CheckResult") -> None:
    head = f"\n{finding.subject} {finding.check}: {_word(finding.outcome)}: {finding.reason}"
    out.print(head, style=_STYLES[finding.outcome], markup=False, highlight=False)
    for line in finding.output.splitlines()[-_TAIL_LINES:]:
        out.print(f"  {line}", markup=False, no_wrap=True, overflow="ignore", crop=False)
    out.print(f"again: {finding.rerun}", markup=False)
    if finding.command and finding.command != finding.rerun:
        out.print(f"  ran: {finding.command}", markup=False, overflow="ignore", crop=False)


def _totals(report: "Report") -> str:
    counted = ", ".join(f"{count} {_word(outcome)}" for outcome, count in report.totals.items())
    strict = " (strict: not run is a finding)" if report.strict else ""
    skipped = f"; {report.skipped_tests} tests skipped" if report.skipped_tests else ""
    return f"{counted} in {report.seconds:.1f} s{skipped}{strict}"


def _word(outcome: "Outcome") -> str:
    return outcome.replace("_", " ")
