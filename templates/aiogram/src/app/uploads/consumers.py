"""Takes the events about pictures that were processed; one process gets each of them."""

from app.uploads.pending import BusyError
from app.uploads.results import Results
from shared.contracts.media import MediaFailed, MediaProcessed
from shared.lifecycle import Resources
from shared.messaging.consuming import EventHandler, MessageConsumer, MessageContext
from shared.messaging.errors import RetryLaterError

AGAIN_SECONDS = 2


async def show_thumbnail(event: MediaProcessed, _: MessageContext, resources: Resources) -> None:
    """Show a thumbnail to whoever has sent the picture here."""
    try:
        await resources.get(Results).processed(event.file_id, event.thumbnail_key)
    except BusyError:
        raise RetryLaterError(AGAIN_SECONDS) from None


async def show_failure(event: MediaFailed, _: MessageContext, resources: Resources) -> None:
    """Say why there is no thumbnail."""
    try:
        await resources.get(Results).failed(event.file_id, event.reason)
    except BusyError:
        raise RetryLaterError(AGAIN_SECONDS) from None


CONSUMERS = (
    MessageConsumer(
        queue="media-results",
        handlers=(
            EventHandler(event=MediaProcessed, handle=show_thumbnail),
            EventHandler(event=MediaFailed, handle=show_failure),
        ),
    ),
)
