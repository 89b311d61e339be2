"""A data service with files, and a worker for what is uploaded."""

from collections.abc import AsyncIterator

import pytest

from app.features import Settings
from shared.testing.provider import Provider
from tests.support.files import Files, files_of
from tests.uploads.worker import FakeWorker, working


@pytest.fixture
def files(provider: Provider) -> Files:
    """Return the files of the data service."""
    return files_of(provider)


@pytest.fixture
async def worker(settings: Settings) -> AsyncIterator[FakeWorker]:
    """Yield somebody who processes pictures."""
    async with working(settings) as opened:
        yield opened
