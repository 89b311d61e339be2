"""Every condition of a template is true in one supported variant and false in another."""

from collections.abc import Callable

import pytest

from generator.rendering.conformance import TemplateTrial
from tests.support.answers import ANSWER_SETS

TEMPLATES = sorted({s.template for s in ANSWER_SETS})


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_condition_is_dead(trial: Callable[[str], TemplateTrial], template: str) -> None:
    assert trial(template).dead_conditions() == ()


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_file_is_rendered_in_some_variant(
    trial: Callable[[str], TemplateTrial], template: str
) -> None:
    assert trial(template).misplaced_files() == ()
