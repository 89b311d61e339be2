import io
import json
import re
from xml.etree import ElementTree as ET
from xml.parsers import expat

import pytest

from generator.verification import Check, Outcome
from generator.verification.reports import html_page, junit_xml, report_document
from tests.unit.verification.examples import HOSTILE, report, result


def island(page: str) -> object:
    found = re.search(
        r'<script type="application/json" id="report">(.*?)</script>', page, re.DOTALL
    )
    assert found
    return json.loads(found.group(1))


def parsed(text: str) -> ET.Element:
    builder = ET.TreeBuilder()
    parser = expat.ParserCreate()
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.ParseFile(io.BytesIO(text.encode()))
    return builder.close()


def test_the_document_is_json_with_every_check_and_how_to_run_it_again() -> None:
    document = report_document(report(result(Check.TESTS, Outcome.FAILED, reason="1 failed")))
    assert json.loads(json.dumps(document)) == document
    (check,) = document["subjects"][0]["checks"]
    assert check["rerun"] == "generator verify users-data --only tests"
    assert check["tests"] == {"passed": 41, "failed": 1, "skipped": 2}
    assert document["totals"]["failed"] == document["exit_code"] == 1


@pytest.mark.parametrize("outcome", list(Outcome))
def test_junit_is_well_formed_whatever_was_printed(outcome: Outcome) -> None:
    bad = result(Check.TESTS, outcome, subject=HOSTILE, reason=HOSTILE, output=HOSTILE)
    root = parsed(junit_xml(report(bad, name=HOSTILE)))
    (case,) = root.iter("testcase")
    assert case.get("name") == "tests"


def test_junit_tells_failures_from_checks_that_did_not_run() -> None:
    results = [result(Check.TESTS, Outcome.FAILED), result(Check.BOOT, Outcome.NOT_RUN)]
    told = {}
    for strict in (False, True):
        (suite,) = parsed(junit_xml(report(*results, strict=strict)))
        told[strict] = [suite.get(key) for key in ("tests", "failures", "errors", "skipped")]
    assert told == {False: ["2", "1", "0", "1"], True: ["2", "1", "1", "0"]}


def test_junit_shows_how_to_run_a_failure_again() -> None:
    (failure,) = parsed(
        junit_xml(report(result(Check.TESTS, Outcome.FAILED, output="E  assert 0")))
    ).iter("failure")
    assert failure.text is not None
    assert "again: generator verify users-data --only tests" in failure.text
    assert "E  assert 0" in failure.text


def test_the_page_carries_hostile_text_as_data_only() -> None:
    bad = report(result(Check.TESTS, Outcome.FAILED, reason=HOSTILE, output=HOSTILE), name=HOSTILE)
    page = html_page(bad)
    assert "pwned'</script>" not in page
    assert island(page) == report_document(bad)


def test_the_page_shows_a_picture_once_whatever_a_check_printed() -> None:
    bad = report(result(Check.TESTS, Outcome.FAILED, output="@PICTURE@ @REPORT@"))
    page = html_page(bad, "<svg><title>@REPORT@</title></svg>")
    assert page.count("<svg><title>@REPORT@</title></svg>") == 1
    assert island(page) == report_document(bad)


def test_the_page_needs_nothing_but_itself_and_makes_no_markup_from_text() -> None:
    page = html_page(report(result(Check.LINT, Outcome.PASSED)))
    assert not re.search(r"https?://|src=|@import|url\(", page)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", page)
    assert "default-src 'none'" in page
