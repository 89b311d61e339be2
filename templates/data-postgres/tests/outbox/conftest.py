"""Whatever the service publishes during a test."""

from collections.abc import AsyncIterator

import pytest

from app.features import Settings
from shared.testing.recorder import EventRecorder, record_events


@pytest.fixture
async def recorder(settings: Settings) -> AsyncIterator[EventRecorder]:
    """Yield what is published during the test."""
    async with record_events(settings) as opened:
        yield opened
