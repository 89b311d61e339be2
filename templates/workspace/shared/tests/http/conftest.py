from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stamina

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def no_waits() -> Iterator[None]:
    """Three attempts without waits between them; a test of the waits undoes this."""
    with stamina.set_testing(True, attempts=3):
        yield
