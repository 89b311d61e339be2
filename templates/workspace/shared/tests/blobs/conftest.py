"""Each test runs on both stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.blobs import BlobSettings, open_blobs
from tests.blobs.examples import settings_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from shared.blobs import BlobStore


@pytest.fixture(params=["redis", "directory"])
def settings(request: pytest.FixtureRequest, redis_url: str, tmp_path: Path) -> BlobSettings:
    return settings_for(redis_url if request.param == "redis" else f"file://{tmp_path}/a/b")


@pytest.fixture
async def store(settings: BlobSettings) -> AsyncIterator[BlobStore]:
    async with open_blobs(settings) as opened:
        yield opened
