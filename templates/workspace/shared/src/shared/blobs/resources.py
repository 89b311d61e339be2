"""The store of blobs as a resource, for the features that need it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from redis.asyncio import Redis

from shared.blobs.directory import DirectoryBlobs
from shared.blobs.redis import RedisBlobs
from shared.blobs.store import Blobs
from shared.errors import UnavailableError
from shared.lifecycle import Resource, Resources

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.blobs.settings import BlobSettings
    from shared.blobs.store import BlobStore

SWEEP_SECONDS = 15 * 60.0
_TIMEOUT_SECONDS = 10.0

_log = structlog.stdlib.get_logger(__name__)


def blobs_resource(settings: type[BlobSettings]) -> Resource[Blobs]:
    """Return the store as a resource, for a service whose settings are of this class."""

    @asynccontextmanager
    async def opened(resources: Resources) -> AsyncIterator[Blobs]:
        async with open_blobs(resources.get(settings)) as store:
            yield Blobs(store)

    return Resource(provides=Blobs, open=opened, requires=(settings,), ping=Blobs.ping)


@asynccontextmanager
async def open_blobs(settings: BlobSettings) -> AsyncIterator[BlobStore]:
    """Open the store that the settings name: a folder is made, Redis need not be there yet."""
    if settings.blob_folder is not None:
        folder = Path(settings.blob_folder)
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        files = DirectoryBlobs(folder, settings.blob_keeping)
        sweeping = asyncio.ensure_future(_sweep_now_and_then(files))
        try:
            yield files
        finally:
            sweeping.cancel()
            with suppress(asyncio.CancelledError):
                await sweeping
        return
    client = Redis.from_url(
        settings.blob_location,
        socket_timeout=_TIMEOUT_SECONDS,
        socket_connect_timeout=_TIMEOUT_SECONDS,
    )
    try:
        yield RedisBlobs(client, settings.blob_keeping)
    finally:
        await client.aclose()


async def _sweep_now_and_then(files: DirectoryBlobs) -> None:
    while True:
        try:
            await files.sweep()
        except UnavailableError as error:
            _log.warning("expired blobs were not removed", error=repr(error.__cause__))
        await asyncio.sleep(SWEEP_SECONDS)
