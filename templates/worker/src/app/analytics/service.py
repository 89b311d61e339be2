"""The rules about counting."""

from datetime import UTC, date, datetime, timedelta

from app.analytics.gateway import Counts
from shared.contracts.analytics import Report


class Analytics:
    """Counts what happens on each day of UTC, and reports it."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    async def count(self, kind: str, message_id: str, at: datetime | None) -> None:
        """Count something that happened then; the same message counts once."""
        day = (at or datetime.now(UTC)).astimezone(UTC).date()
        await self._counts.add(day, kind, message_id)

    async def report(self, day: date) -> Report:
        """Report a day, and keep the report."""
        report = Report(day=day, counts=await self._counts.of(day))
        await self._counts.keep(report)
        return report


def day_before(moment: datetime) -> date:
    """Return the day that was over at that moment."""
    return moment.astimezone(UTC).date() - timedelta(days=1)
