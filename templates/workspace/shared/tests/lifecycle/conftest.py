"""Resources that record what happens to them."""

from __future__ import annotations

import pytest

from tests.support.resources import Diary


@pytest.fixture
def diary() -> Diary:
    return Diary()
