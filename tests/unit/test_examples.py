"""Features that are example code are refused where no example is wanted."""

import pytest

from generator.answers import Answers
from generator.catalog import template_spec
from generator.errors import AnswerRefusedError
from generator.usecases.selection import checked_choices

USERS = Answers(service_name="users-data", template="data-postgres", port=8200)
GIVEN = {"data_service": "users-data", "example": False}


def test_an_example_feature_without_the_example_is_refused() -> None:
    with pytest.raises(AnswerRefusedError, match=r"^media: example code"):
        checked_choices(template_spec("worker"), GIVEN | {"features": "media,schedule"}, [USERS])


def test_any_other_feature_is_not() -> None:
    checked = checked_choices(template_spec("worker"), GIVEN | {"features": "schedule"}, [USERS])
    assert checked["features"] == ["schedule"]
