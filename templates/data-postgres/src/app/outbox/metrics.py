"""What /metrics shows of the outbox."""

from time import monotonic

from prometheus_client import CollectorRegistry, Counter, Gauge

from app.database import Database
from app.outbox.repository import Outbox

# Counting rows takes time when there are many.
EVERY_SECONDS = 1.0


class OutboxMetrics:
    """How much is sent and how much waits; the last two are the whole table's, in each replica."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.sent = Counter("outbox_sent", "Events that the broker has.", registry=registry)
        self._backlog = Gauge("outbox_backlog", "Events that wait.", registry=registry)
        self._age = Gauge(
            "outbox_oldest_seconds", "How long the oldest of them has waited.", registry=registry
        )
        self._measured = -EVERY_SECONDS

    async def measure(self, database: Database) -> None:
        """Look into the table, unless that was done a moment ago."""
        if monotonic() - self._measured < EVERY_SECONDS:
            return
        async with database.transaction() as session:
            count, waited = await Outbox(session).backlog()
        self._backlog.set(count)
        self._age.set(waited.total_seconds())
        self._measured = monotonic()
