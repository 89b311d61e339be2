"""Asks for the report of the day before, every night."""

from datetime import datetime

from app.analytics.service import day_before
from app.feature import WorkFeature
from shared.contracts.analytics import ANALYTICS_REPORT, MakeReport
from shared.messaging.schedule import Schedule


def of_the_day_before(moment: datetime) -> MakeReport:
    """Return the payload for the night of that moment."""
    return MakeReport(day=day_before(moment))


NIGHTLY = Schedule(
    name="nightly-report",
    # Some minutes after midnight: the last events of the day are on their way until then.
    cron="10 0 * * *",
    timezone="UTC",
    task=ANALYTICS_REPORT,
    payload=of_the_day_before,
    # After a night without a worker, the report is made when one starts.
    missed="once",
)

feature = WorkFeature(name="nightly-report", schedules=(NIGHTLY,))
