"""Media: pictures get a thumbnail and a compressed form, and their file says so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.data_service import DATA_SERVICE
from app.feature import WorkFeature
from app.media.consumers import CONSUMERS
from app.media.decoder_pool import DecoderPool
from app.media.gateway import DataServiceFiles
from app.media.service import Media
from app.media.settings import MediaSettings
from app.media.storage import MediaStorage
from app.publishing import MESSAGING
from shared.blobs import BlobStore, blobs_resource
from shared.contracts.media import MediaFailed, MediaProcessed
from shared.http import DataServiceClient
from shared.lifecycle import Resource, Resources
from shared.messaging.publishing import Messaging


@asynccontextmanager
async def open_media(resources: Resources) -> AsyncIterator[Media]:
    """Open the decoders and put all together."""
    settings = resources.get(MediaSettings)
    files = DataServiceFiles(resources.get(DataServiceClient))
    storage = MediaStorage(
        resources.get(BlobStore),
        max_bytes=settings.blob_max_bytes,
        kept_seconds=settings.media_kept_seconds,
    )
    async with DecoderPool(settings.decoders, settings.media_limits) as pool:
        yield Media(files, storage, pool.process, resources.get(Messaging).events.publish)


MEDIA: tuple[Resource[Any], ...] = (
    *DATA_SERVICE,
    *MESSAGING,
    blobs_resource(MediaSettings),
    Resource(
        provides=Media,
        open=open_media,
        requires=(MediaSettings, DataServiceClient, BlobStore, Messaging),
    ),
)

feature = WorkFeature(
    name="media",
    consumers=CONSUMERS,
    publishes=(MediaProcessed, MediaFailed),
    resources=MEDIA,
)
