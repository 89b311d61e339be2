"""Whatever is told during a test."""

from collections.abc import AsyncIterator

import pytest

from app.events import relay
from app.features import Settings
from shared.testing.hearing import Ear, listening


@pytest.fixture
async def ear(settings: Settings) -> AsyncIterator[Ear]:
    """Yield what is heard during the test."""
    async with listening(settings) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(relay, "LEASE_SECONDS", 1)
