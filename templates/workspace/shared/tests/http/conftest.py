"""Fixtures of the client's tests: no waits between attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stamina
from stamina import instrumentation

from tests.support.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stamina.instrumentation import RetryDetails


@pytest.fixture(autouse=True)
def no_waits() -> Iterator[None]:
    """Three attempts without waits between them; a test of the waits undoes this."""
    with stamina.set_testing(True, attempts=3):
        yield


@pytest.fixture
def waits() -> Iterator[list[float]]:
    """The seconds between attempts, as they are in production."""
    seen: list[float] = []

    def remember(details: RetryDetails) -> None:
        seen.append(round(details.wait_for, 6))

    before = instrumentation.get_on_retry_hooks()
    instrumentation.set_on_retry_hooks([remember])
    with stamina.set_testing(testing=False):
        yield seen
    instrumentation.set_on_retry_hooks(before)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)
