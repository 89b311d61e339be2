"""Takes the tasks of the queue `media`."""

from app.errors import RefusedError
from app.media.service import Media
from shared.contracts.media import MEDIA_PROCESS, MediaResult, ProcessMedia
from shared.errors import InvalidError
from shared.lifecycle import Resources
from shared.messaging.consuming import Consumer, PermanentError, TaskHandler, Work

# More than there are processes by default: while one picture is decoded, the next one is fetched.
CONCURRENCY = 4


async def process_media(task: ProcessMedia, work: Work, resources: Resources) -> MediaResult:
    """Process a picture; one that never will be goes to the dead letters at once."""
    try:
        return await resources.get(Media).process(task, work.key)
    except (RefusedError, InvalidError) as reason:
        raise PermanentError(str(reason)) from reason


CONSUMERS = (
    Consumer(
        queue=MEDIA_PROCESS.queue,
        handlers=(TaskHandler(task=MEDIA_PROCESS, handle=process_media),),
        concurrency=CONCURRENCY,
    ),
)
