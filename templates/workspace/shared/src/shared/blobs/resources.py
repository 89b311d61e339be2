"""The store of blobs as a resource, and what the environment says about it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote, urlsplit

import structlog
from obstore.store import LocalStore, from_url
from pydantic import AfterValidator, Field

from shared.background import running
from shared.blobs.store import BlobStore, RetentionPolicy
from shared.errors import UnavailableError
from shared.lifecycle import Resource
from shared.settings import ServiceSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SWEEP_SECONDS = 15 * 60.0
_CONNECT_TIMEOUT = timedelta(seconds=5)
_TIMEOUT = timedelta(seconds=30)
_BUCKETS = frozenset({"s3", "gs", "az"})

_log = structlog.stdlib.get_logger(__name__)


def _location(value: str) -> str:
    parts = urlsplit(value)
    is_bucket = parts.scheme in _BUCKETS and parts.hostname and "@" not in parts.netloc
    is_folder = parts.scheme == "file" and not parts.netloc and parts.path.strip("/")
    # Credentials have variables of their own, so the URL may be shown.
    if parts.query or parts.fragment or not (is_bucket or is_folder or value == "memory:///"):
        raise ValueError("not of the form file:///folder, s3://bucket/folder, gs://… or az://…")
    return value


class BlobSettings(ServiceSettings):
    """Where blobs are, how large they may be, and how long they are kept."""

    blob_store_url: Annotated[str, AfterValidator(_location)] = Field(
        default="file:blobs", examples=["file:///var/lib/blobs", "s3://bucket/folder"]
    )
    blob_max_bytes: int = Field(default=20 * 1024 * 1024, ge=1)
    blob_seconds: int = Field(default=7 * 86400, ge=1)


def blobs_resource(settings: type[BlobSettings]) -> Resource[BlobStore]:
    """Return the store as a resource, for a service whose settings are of this class."""
    return Resource(
        provides=BlobStore,
        open=lambda resources: open_blobs(resources.get(settings)),
        requires=(settings,),
        ping=BlobStore.ping,
    )


@asynccontextmanager
async def open_blobs(settings: BlobSettings) -> AsyncIterator[BlobStore]:
    """Open the store that the settings name, and sweep it now and then.

    A folder is made if there is none; anything else need not be there yet.
    """
    policy = RetentionPolicy(max_bytes=settings.blob_max_bytes, seconds=settings.blob_seconds)
    parts = urlsplit(settings.blob_store_url)
    if parts.scheme == "file":
        folder = Path(unquote(parts.path))
        await asyncio.to_thread(partial(folder.mkdir, parents=True, exist_ok=True))
        store = BlobStore(LocalStore(folder), policy, folder=folder)
    else:
        objects = from_url(
            settings.blob_store_url,
            client_options={"connect_timeout": _CONNECT_TIMEOUT, "timeout": _TIMEOUT},
            # A message that fails is tried again anyway.
            retry_config={"max_retries": 2, "retry_timeout": _TIMEOUT},
        )
        store = BlobStore(objects, policy)
    async with running(partial(_sweep_now_and_then, store)):
        yield store


async def _sweep_now_and_then(store: BlobStore) -> None:
    while True:
        try:
            if removed := await store.sweep():
                _log.info("expired blobs were removed", objects=removed)
        except UnavailableError as error:
            _log.warning("expired blobs were not removed", error=repr(error.__cause__))
        await asyncio.sleep(SWEEP_SECONDS)
