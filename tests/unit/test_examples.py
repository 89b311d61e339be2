"""Features that are example code are refused where no example is wanted."""

import pytest

from generator.errors import AnswerRefusedError
from generator.usecases.selection import checked_choices
from generator.workspace import Inventory
from tests.support.wiring import CATALOG, data

USERS = Inventory(services=(data(),))
WORKER = CATALOG.template("worker")
GIVEN = {"data_service": "users-data", "example": False}


def test_an_example_feature_without_the_example_is_refused() -> None:
    with pytest.raises(AnswerRefusedError, match=r"^media: example code"):
        checked_choices(WORKER, GIVEN | {"features": "media,schedule"}, USERS, CATALOG)


def test_any_other_feature_is_not() -> None:
    checked = checked_choices(WORKER, GIVEN | {"features": "schedule"}, USERS, CATALOG)
    assert checked["features"] == ["schedule"]
