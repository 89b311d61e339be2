"""Opens what processing a picture takes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.data_service import DATA_SERVICE
from app.media.gateway import DataServiceFiles
from app.media.service import Media
from app.media.settings import MediaSettings
from app.media.shelf import BlobShelf
from app.media.studio import Studio
from app.publishing import MESSAGING
from shared.blobs import Blobs, blobs_resource
from shared.http import DataServiceClient
from shared.lifecycle import Resource, Resources
from shared.messaging.publishing import Messaging


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[Media]:
    """Open the studio and put all together; a process starts with the first picture for it."""
    settings = resources.get(MediaSettings)
    files = DataServiceFiles(resources.get(DataServiceClient))
    shelf = BlobShelf(resources.get(Blobs).store, settings)
    async with Studio(settings.media_processes, settings.media_limits) as studio:
        yield Media(files, shelf, studio.process, resources.get(Messaging).events.publish)


MEDIA = (
    *DATA_SERVICE,
    *MESSAGING,
    blobs_resource(MediaSettings),
    Resource(
        provides=Media,
        open=opened,
        requires=(MediaSettings, DataServiceClient, Blobs, Messaging),
    ),
)
