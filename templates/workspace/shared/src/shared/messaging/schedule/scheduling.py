"""Waits for the times of schedules and enqueues their tasks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog

from shared.errors import ServiceError
from shared.messaging.schedule.schedules import LATE
from shared.messaging.schedule.sending import send

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shared.messaging.publishing import Messaging
    from shared.messaging.schedule.schedules import Schedule
    from shared.messaging.store.schedules import RedisSchedules

LONGEST_WAIT_SECONDS = 30.0
RETRY_SECONDS = 1.0


def _now() -> datetime:
    return datetime.now(UTC)


class Scheduling:
    """The schedules of a process; replicas with the same schedules enqueue each time once."""

    def __init__(
        self,
        schedules: Sequence[Schedule],
        messaging: Messaging,
        store: RedisSchedules,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._schedules, self._messaging, self._store = schedules, messaging, store
        self._clock, self._token = clock, uuid4().hex
        self._over: dict[str, datetime] = {}
        self._waiting: list[asyncio.Task[None]] = []
        self._log = structlog.stdlib.get_logger(__name__)

    def start(self) -> None:
        """Wait for the times of all schedules from now on."""
        self._waiting = [asyncio.create_task(self._keep(each)) for each in self._schedules]

    async def stop(self) -> None:
        """Enqueue nothing any more; what another replica finds unfinished, it does again."""
        for each in self._waiting:
            each.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)

    async def ping(self) -> None:
        """Raise UnavailableError unless broker and store answer."""
        await self._messaging.ping()

    async def look(self, schedule: Schedule) -> float:
        """Enqueue what is due, and return how many seconds to wait before looking again.

        Raises UnavailableError when broker or store are away.
        """
        now = self._clock()
        if schedule.name not in self._over:
            self._over[schedule.name] = await self._store.over(schedule.name, now)
        # In order, as the record in the store holds one time up to which all is over.
        for due in schedule.due_runs(self._over[schedule.name], now):
            if schedule.missed == "skip" and now - due > LATE:
                self._log.warning("missed", schedule=schedule.name, due=due.isoformat())
            elif not await self._enqueue(schedule, due):
                return RETRY_SECONDS
            self._over[schedule.name] = due
        until = schedule.next_run(now) - now
        # Nobody knows whether the clock will be set meanwhile.
        return min(until.total_seconds(), LONGEST_WAIT_SECONDS)

    async def _keep(self, schedule: Schedule) -> None:
        while True:
            (outcome,) = await asyncio.gather(self.look(schedule), return_exceptions=True)
            if isinstance(outcome, BaseException):
                self._log.warning("not enqueued", schedule=schedule.name, exc_info=outcome)
            # A payload that fails will do so again in a moment, the broker may be back by then.
            away = isinstance(outcome, ServiceError)
            otherwise = RETRY_SECONDS if away else LONGEST_WAIT_SECONDS
            await asyncio.sleep(outcome if isinstance(outcome, float) else otherwise)

    async def _enqueue(self, schedule: Schedule, due: datetime) -> bool:
        answer = await self._store.claim(schedule.name, due, self._token)
        if answer == "mine":
            await send(self._messaging, schedule, due)
            await self._store.done(schedule.name, due)
        return answer != "busy"
