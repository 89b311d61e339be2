"""What is remembered of a request that came with an Idempotency-Key, and by whom."""

from typing import Protocol

from pydantic import BaseModel

# Longer than any request takes; after it, one whose process died can be sent again.
RUNNING_SECONDS = 60


class Record(BaseModel):
    """One request: what it asked for, and its answer once there is one."""

    fingerprint: str
    answer: str | None = None


class Records(Protocol):
    """Keeps records for a while; every method may raise `UnavailableError`."""

    async def claim(self, name: str, record: Record) -> Record | None:
        """Keep the record for RUNNING_SECONDS if there is none yet; otherwise return that one."""

    async def complete(self, name: str, record: Record) -> None:
        """Keep the record with its answer."""

    async def release(self, name: str) -> None:
        """Forget the record."""


class Idempotency:
    """The resource that routes ask for: whatever keeps the records."""

    def __init__(self, records: Records) -> None:
        self.records = records
