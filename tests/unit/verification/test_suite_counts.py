from pathlib import Path

import pytest

from generator.verification import TestCounts
from generator.verification.suite import read_counts


def test_errors_count_as_failures_and_skips_do_not_count_as_executed(tmp_path: Path) -> None:
    record = tmp_path / "tests.xml"
    record.write_text(
        '<testsuites><testsuite tests="9" failures="1" errors="2" skipped="3"/></testsuites>'
    )
    counts = read_counts(record)
    assert counts == TestCounts(passed=3, failed=3, skipped=3)
    assert counts.executed == 6


def test_the_first_reason_for_a_skip_is_kept(tmp_path: Path) -> None:
    record = tmp_path / "tests.xml"
    record.write_text(
        '<testsuites><testsuite tests="3" failures="0" errors="0" skipped="2"><testcase>'
        '<skipped message="no RabbitMQ&#10; server"/></testcase><testcase>'
        '<skipped message="another"/></testcase></testsuite></testsuites>'
    )
    counts = read_counts(record)
    assert counts == TestCounts(passed=1, failed=0, skipped=2, why="no RabbitMQ server")


@pytest.mark.parametrize("text", ["", "<testsuites>", '<testsuite tests="many"/>'])
def test_a_broken_record_counts_nothing(tmp_path: Path, text: str) -> None:
    record = tmp_path / "tests.xml"
    record.write_text(text)
    assert read_counts(record) is None
    assert read_counts(tmp_path / "missing.xml") is None
