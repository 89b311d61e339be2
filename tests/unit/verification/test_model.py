import dataclasses

import pytest

from generator.verification import Check, Outcome
from tests.unit.verification.examples import report, result


@pytest.mark.parametrize(
    ("outcomes", "lax", "strict"),
    [
        ((), 0, 0),
        ((Outcome.PASSED, Outcome.CACHED), 0, 0),
        ((Outcome.PASSED, Outcome.NOT_RUN), 0, 1),
        ((Outcome.PASSED, Outcome.FAILED), 1, 1),
    ],
)
def test_a_check_that_did_not_run_is_a_finding_only_under_strict(
    outcomes: tuple[Outcome, ...], lax: int, strict: int
) -> None:
    results = [result(Check.LINT, outcome) for outcome in outcomes]
    assert report(*results).exit_code == lax
    assert report(*results, strict=True).exit_code == strict


def test_every_outcome_is_counted_also_when_it_did_not_occur() -> None:
    counted = report(result(Check.LINT, Outcome.FAILED), result(Check.TESTS, Outcome.FAILED))
    assert counted.totals == {
        Outcome.PASSED: 0, Outcome.FAILED: 2, Outcome.NOT_RUN: 0, Outcome.CACHED: 0,
    }  # fmt: skip


def test_a_subject_with_a_check_that_did_not_run_is_not_green() -> None:
    (subject,) = report(result(Check.BOOT, Outcome.NOT_RUN)).subjects
    assert not subject.green


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([(Outcome.FAILED, False)], 5),
        ([(Outcome.PASSED, True), (Outcome.NOT_RUN, False)], 5),
        ([(Outcome.FAILED, False), (Outcome.FAILED, True)], 1),
    ],
)
def test_what_says_nothing_of_the_subject_is_no_finding_but_not_green_either(
    results: list[tuple[Outcome, bool]], code: int
) -> None:
    checks = zip((Check.LINT, Check.TESTS), results, strict=False)
    made = [
        dataclasses.replace(result(c, outcome), judged=judged) for c, (outcome, judged) in checks
    ]
    assert report(*made).exit_code == code
