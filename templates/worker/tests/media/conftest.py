"""A data service with files, and a store with an original in it."""

from collections.abc import AsyncIterator

import pytest

from app.features import Settings
from shared.blobs import BlobStore, open_blobs
from shared.testing.provider import Provider
from tests.media.examples import photo
from tests.media.files import Files, files_of


@pytest.fixture
def files(provider: Provider) -> Files:
    """Return the files of the data service."""
    return files_of(provider)


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[BlobStore]:
    """Yield the service's blob store."""
    async with open_blobs(settings) as opened:
        yield opened


@pytest.fixture
async def original(store: BlobStore) -> str:
    """Return the reference of a photo."""
    return await store.put(photo(), content_type="image/jpeg")
