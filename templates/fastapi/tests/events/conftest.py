"""Whatever is told during a test."""

from collections.abc import AsyncIterator

import pytest

from app.events import relay
from app.features import Settings
from shared.testing.recorder import EventRecorder, record_events


@pytest.fixture
async def recorder(settings: Settings) -> AsyncIterator[EventRecorder]:
    """Yield a recorder of the events that are published during the test."""
    async with record_events(settings) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(relay, "LEASE_SECONDS", 1)
