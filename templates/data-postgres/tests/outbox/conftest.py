"""Whatever the service publishes during a test."""

from collections.abc import AsyncIterator

import pytest

from app.features import Settings
from shared.testing.hearing import Ear, listening


@pytest.fixture
async def ear(settings: Settings) -> AsyncIterator[Ear]:
    """Yield what is published during the test."""
    async with listening(settings) as opened:
        yield opened
