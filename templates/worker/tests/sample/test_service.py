"""The rules about greetings."""

import pytest

from app.errors import RefusedError
from app.sample.service import greeting_for


def test_somebody_is_greeted_by_name() -> None:
    assert greeting_for(" Ada ") == "Hello, Ada!"


def test_a_name_that_says_nothing_is_refused() -> None:
    with pytest.raises(RefusedError):
        greeting_for("  ")
