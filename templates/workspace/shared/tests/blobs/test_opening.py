"""A store is opened and pinged, and says when it is away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from shared.blobs import Blobs, BlobSettings, blobs_resource, open_blobs
from shared.errors import UnavailableError
from shared.lifecycle import OK, Lifecycle
from tests.blobs.examples import JPEG, settings_for

if TYPE_CHECKING:
    from pathlib import Path


async def test_as_a_resource_it_is_pinged(settings: BlobSettings) -> None:
    lifecycle = Lifecycle([blobs_resource(BlobSettings)], {BlobSettings: settings})
    async with lifecycle as resources:
        assert await lifecycle.check(2) == {"Blobs": OK}
        await resources.get(Blobs).store.put(b"x", JPEG)


async def test_a_store_that_is_away_is_unavailable(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    async with open_blobs(settings_for(f"file://{folder}")) as store:
        await asyncio.to_thread(folder.rmdir)
        for call in (store.put(b"x", JPEG), store.ping()):
            with pytest.raises(UnavailableError):
                await call
    async with open_blobs(settings_for("redis://127.0.0.1:9/0")) as store:
        for call in (store.put(b"x", JPEG), store.ping()):
            with pytest.raises(UnavailableError):
                await call
