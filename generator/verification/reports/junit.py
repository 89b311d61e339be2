"""A report as JUnit XML, one suite per subject and one case per check."""

from xml.etree import ElementTree as ET

from generator.processes.output import presentable
from generator.verification.model import CheckResult, Outcome, Report, SubjectReport


def junit_xml(report: Report) -> str:
    """The report for CI systems; text that XML cannot hold is left out.

    Under strict a check that did not run is an error; otherwise it is a skipped case.
    """
    root = ET.Element("testsuites", name=_safe(report.workspace), time=f"{report.seconds:.3f}")
    for subject in report.subjects:
        _suite(root, subject, strict=report.strict)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(root: ET.Element, subject: SubjectReport, *, strict: bool) -> None:
    outcomes = [result.outcome for result in subject.results]
    not_run = outcomes.count(Outcome.NOT_RUN)
    # What the cache answered took no time in this run.
    seconds = sum(r.seconds for r in subject.results if r.outcome is not Outcome.CACHED)
    suite = ET.SubElement(
        root,
        "testsuite",
        name=_safe(subject.name),
        tests=str(len(outcomes)),
        failures=str(outcomes.count(Outcome.FAILED)),
        errors=str(not_run if strict else 0),
        skipped=str(0 if strict else not_run),
        time=f"{seconds:.3f}",
    )
    for result in subject.results:
        _case(suite, result, strict=strict)


def _case(suite: ET.Element, result: CheckResult, *, strict: bool) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        classname=_safe(result.subject),
        name=result.check.value,
        time=f"{0.0 if result.outcome is Outcome.CACHED else result.seconds:.3f}",
    )
    again = f"again: {result.rerun}"
    if result.outcome is Outcome.FAILED:
        said = ET.SubElement(case, "failure", message=_safe(result.reason))
        said.text = _safe("\n".join(filter(None, (again, result.command, result.output))))
    elif result.outcome is Outcome.NOT_RUN:
        ET.SubElement(case, "error" if strict else "skipped", message=_safe(result.reason))
    elif result.outcome is Outcome.CACHED:
        when = result.ran_at.isoformat(timespec="seconds")
        ET.SubElement(case, "system-out").text = f"unchanged since it passed at {when}"


def _safe(text: str) -> str:
    return presentable(text)
