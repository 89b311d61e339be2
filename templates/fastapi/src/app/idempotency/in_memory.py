"""Keeps idempotency records in this process; what another one did, the data service knows."""

from time import monotonic

from app.idempotency import RUNNING_SECONDS, IdempotencyRecords, Record
from app.settings import ApiSettings
from shared.lifecycle import Resource, Resources
from shared.web import Feature

MAX_RECORDS = 10_000


class MemoryRecords(IdempotencyRecords):
    """Keeps the newest records, up to a limit."""

    def __init__(self, ttl_seconds: float) -> None:
        self._ttl_seconds = ttl_seconds
        self._kept: dict[str, tuple[float, Record]] = {}

    async def claim(self, name: str, record: Record) -> Record | None:
        """Keep the record if there is none yet; otherwise return that one."""
        expires, known = self._kept.get(name, (0.0, record))
        if expires > monotonic():
            return known
        self._keep(name, record, RUNNING_SECONDS)
        return None

    async def complete(self, name: str, record: Record) -> None:
        """Keep the record with its answer."""
        self._keep(name, record, self._ttl_seconds)

    async def release(self, name: str) -> None:
        """Forget the record."""
        self._kept.pop(name, None)

    def _keep(self, name: str, record: Record, seconds: float) -> None:
        self._kept.pop(name, None)
        self._kept[name] = (monotonic() + seconds, record)
        while len(self._kept) > MAX_RECORDS:
            self._kept.pop(next(iter(self._kept)))


def _make(resources: Resources) -> IdempotencyRecords:
    return MemoryRecords(resources.get(ApiSettings).idempotency_ttl_seconds)


RECORDS = Resource(provides=IdempotencyRecords, factory=_make, requires=(ApiSettings,))

feature = Feature(name="idempotency", resources=(RECORDS,))
