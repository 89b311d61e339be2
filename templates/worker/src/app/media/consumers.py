"""Takes the tasks of the queue `media`."""

from app.decoder.protocol import DecoderError
from app.errors import RefusedError
from app.media.service import Media
from shared.contracts.media import MEDIA_PROCESS, MediaResult, ProcessMedia
from shared.errors import InvalidError
from shared.lifecycle import Resources
from shared.messaging.consuming import MessageConsumer, MessageContext, PermanentError, TaskHandler

# More than there are decoders by default: a message that waits for one holds no bytes.
CONCURRENCY = 4


async def process_media(
    task: ProcessMedia, work: MessageContext, resources: Resources
) -> MediaResult:
    """Process a picture; one that never will be goes to the dead letters at once."""
    try:
        return await resources.get(Media).process(task, work.key)
    except (RefusedError, InvalidError) as reason:
        raise PermanentError(str(reason)) from reason


async def give_up(
    task: ProcessMedia, work: MessageContext, resources: Resources, error: Exception
) -> None:
    """Have the file say that its picture was not processed, and as far as people may know, why."""
    known = isinstance(error, DecoderError | TimeoutError | PermanentError)
    reason = str(error) if known else "it could not be processed; all attempts have failed"
    await resources.get(Media).give_up(task, work.key, reason)


CONSUMERS = (
    MessageConsumer(
        queue=MEDIA_PROCESS.queue,
        handlers=(TaskHandler(task=MEDIA_PROCESS, handle=process_media, give_up=give_up),),
        concurrency=CONCURRENCY,
    ),
)
