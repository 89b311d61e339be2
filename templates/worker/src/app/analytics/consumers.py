"""Takes every event that is counted, and the tasks that ask for a report."""

import structlog

from app.analytics.service import Analytics
from shared.contracts.analytics import ANALYTICS_REPORT, MakeReport, Report
from shared.contracts.files import FileCreated
from shared.contracts.media import MediaProcessed
from shared.contracts.users import UserCreated, UserDeleted, UserUpdated
from shared.lifecycle import Resources
from shared.messaging.consuming import EventHandler, MessageConsumer, MessageContext, TaskHandler
from shared.messaging.contract import EventData

COUNTED: tuple[type[EventData], ...] = (
    UserCreated,
    UserUpdated,
    UserDeleted,
    FileCreated,
    MediaProcessed,
)

_log = structlog.stdlib.get_logger(__name__)


async def count(event: EventData, work: MessageContext, resources: Resources) -> None:
    """Count the event on the day that it happened."""
    await resources.get(Analytics).count(event.type, work.id, work.enqueued_at)


async def make_report(task: MakeReport, _work: MessageContext, resources: Resources) -> Report:
    """Report one day; the status of the task has the report, and so has the log."""
    report = await resources.get(Analytics).report(task.day)
    _log.info("report", day=str(report.day), counts=report.counts)
    return report


CONSUMERS = (
    MessageConsumer(
        queue="counted",
        # Counted is what happens: no event has to.
        handlers=tuple(EventHandler(event=event, handle=count, optional=True) for event in COUNTED),
        concurrency=50,
    ),
    MessageConsumer(
        queue=ANALYTICS_REPORT.queue,
        handlers=(TaskHandler(task=ANALYTICS_REPORT, handle=make_report),),
        concurrency=1,
    ),
)
