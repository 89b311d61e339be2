"""Every condition of a template is true in one supported variant and false in another."""

import pytest

from tests.support.answers import ANSWER_SETS
from tests.support.checkout import PROJECT
from tests.support.conditions import conditions

DEFAULTS = {"example": True}


SERVICES = sorted({s.template for s in ANSWER_SETS} - {"workspace"})


@pytest.mark.parametrize("template", SERVICES)
def test_no_condition_is_dead(template: str) -> None:
    variants = [DEFAULTS | s.answers for s in ANSWER_SETS if s.template == template]
    found = list(conditions(PROJECT, template))
    assert found, "a template without conditions needs no answer sets but one"
    for condition in found:
        outcomes = {condition.holds(variant) for variant in variants}
        assert outcomes == {True, False}, f"{condition} is always {outcomes}"


def test_the_workspace_has_no_conditions() -> None:
    assert list(conditions(PROJECT, "workspace")) == []
