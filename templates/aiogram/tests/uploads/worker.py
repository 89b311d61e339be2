"""Somebody who processes pictures, as the worker does: tasks come in, events go out."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from prometheus_client import CollectorRegistry

from app.uploads.settings import UploadSettings
from shared.blobs import BlobStore, blobs_resource
from shared.contracts.media import (
    MEDIA_PROCESS,
    MediaFailed,
    MediaProcessed,
    MediaResult,
    ProcessMedia,
    media_event_id,
)
from shared.correlation import current_request_id
from shared.lifecycle import Lifecycle
from shared.messaging.consuming import MessageConsumer, TaskHandler, consuming_resources
from shared.messaging.publishing import Messaging, messaging_resources
from tests.uploads.examples import JPEG

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from app.features import Settings
    from shared.lifecycle import Resources
    from shared.messaging.consuming import MessageContext

OWNER = UUID(int=1)


def small(content: bytes) -> bytes:
    """Return the thumbnail of a picture."""
    return JPEG + b" of " + content


@dataclass
class FakeWorker:
    """Makes the same bytes smaller; what it refuses, and when it goes on, tests say."""

    tasks: list[ProcessMedia] = field(default_factory=list)
    request_ids: list[str | None] = field(default_factory=list)
    refusal: str = ""
    going: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.going.set()

    async def process(
        self, task: ProcessMedia, context: MessageContext, resources: Resources
    ) -> MediaResult | None:
        """Do one task."""
        self.tasks.append(task)
        self.request_ids.append(current_request_id())
        await self.going.wait()
        events, blobs = resources.get(Messaging).events, resources.get(BlobStore)
        if self.refusal:
            failed = MediaFailed(file_id=task.file_id, owner_id=OWNER, reason=self.refusal)
            await events.publish(failed, media_event_id(failed.type, task.file_id, context.key))
            return None
        original = await (await blobs.open(task.blob, max_bytes=10**8)).read()
        thumbnail = await blobs.put(small(original), content_type="image/jpeg")
        result = MediaResult(
            file_id=task.file_id,
            thumbnail_key=thumbnail,
            compressed_key=str(uuid4()),
            width=1,
            height=1,
        )
        event = MediaProcessed(owner_id=OWNER, **result.model_dump())
        await events.publish(event, media_event_id(event.type, task.file_id, context.key))
        return result


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[FakeWorker]:
    """Work until the block ends."""
    worker = FakeWorker()
    given = settings.model_copy(update={"service_name": "worker"})
    handler = TaskHandler(task=MEDIA_PROCESS, handle=worker.process)
    consumers = (MessageConsumer(queue=MEDIA_PROCESS.queue, handlers=(handler,)),)
    resources = (
        blobs_resource(UploadSettings),
        *messaging_resources(UploadSettings),
        *consuming_resources(consumers, UploadSettings, requires=(Messaging, BlobStore)),
    )
    known = {UploadSettings: given, CollectorRegistry: CollectorRegistry()}
    async with Lifecycle(resources, known):
        yield worker
