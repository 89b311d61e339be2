"""A replica of a scheduling service, and a clock to be set."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.messaging.schedule import Schedule

if TYPE_CHECKING:
    from shared.messaging.publishing import Messaging
    from shared.messaging.schedule import Scheduler
    from shared.messaging.store import RedisStore


@dataclass
class Clock:
    """The time as the test says it is."""

    now: datetime = field(default_factory=lambda: datetime(2027, 1, 4, 7, 59, 30, tzinfo=UTC))

    def set(self, text: str) -> None:
        self.now = datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class Replica:
    """One of the processes that have the same schedules."""

    messaging: Messaging
    store: RedisStore
    scheduler: Scheduler
    schedules: tuple[Schedule, ...]

    async def look(self) -> float:
        return await self.scheduler.run_due(self.schedules[0])


Opener = Callable[[Schedule], AbstractAsyncContextManager[Replica]]
