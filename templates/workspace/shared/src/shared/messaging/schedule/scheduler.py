"""Waits for the times of schedules and enqueues their tasks."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import structlog
from anyio import move_on_after

from shared.background import BackgroundTask
from shared.errors import CompositionError, ConflictError, UnavailableError
from shared.lifecycle import Resource, Resources
from shared.messaging.publishing import Messaging, messaging_resources
from shared.messaging.publishing.tasks import task_id
from shared.messaging.schedule.schedules import LATE
from shared.messaging.store import RedisStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence

    from shared.messaging.schedule.schedules import Schedule
    from shared.messaging.settings import TaskSettings
    from shared.messaging.store.schedules import RedisSchedules

LONGEST_WAIT_SECONDS = 30.0
RETRY_SECONDS = 1.0
STOP_SECONDS = 5.0


def _now() -> datetime:
    return datetime.now(UTC)


class Scheduler:
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
        # Up to which time all is over, by the schedule's name: Redis may lose what it knows of it.
        self._over: dict[str, datetime] = {}
        self._loops: list[BackgroundTask] = []
        self._stopping = asyncio.Event()
        self._log = structlog.stdlib.get_logger(__name__)

    def start(self) -> None:
        """Wait for the times of all schedules from now on."""
        self._loops = [BackgroundTask(partial(self._keep, each)) for each in self._schedules]

    async def stop(self) -> None:
        """Begin nothing any more, and let what is being enqueued be finished if that is soon.

        What is not, another replica does when the claim has ended.
        """
        self._stopping.set()
        await asyncio.gather(*(each.stop(STOP_SECONDS) for each in self._loops))

    async def ping(self) -> None:
        """Raise UnavailableError unless broker and store answer."""
        await self._messaging.ping()

    async def run_due(self, schedule: Schedule) -> float:
        """Enqueue what is due, and return how many seconds to wait before doing so again.

        Raises UnavailableError when broker or store are away.
        """
        now = self._clock()
        if schedule.name not in self._over:
            self._over[schedule.name] = await self._store.over(schedule.name, now)
        # In order, as the record in the store holds one time up to which all is over.
        for due in schedule.due_runs(self._over[schedule.name], now):
            if schedule.missed == "skip" and now - due > LATE:
                self._log.warning("missed", schedule=schedule.name, due=due.isoformat())
            elif not await self._claim_and_enqueue(schedule, due):
                return RETRY_SECONDS
            self._over[schedule.name] = due
        until = schedule.next_run(now) - now
        # Nobody knows whether the clock will be set meanwhile.
        return min(until.total_seconds(), LONGEST_WAIT_SECONDS)

    async def _keep(self, schedule: Schedule) -> None:
        while not self._stopping.is_set():
            try:
                seconds = await self.run_due(schedule)
            except UnavailableError as error:
                self._log.warning("not enqueued", schedule=schedule.name, reason=error.detail)
                seconds = RETRY_SECONDS
            except Exception:  # noqa: BLE001 - a payload that fails must not end the schedule
                self._log.warning("not enqueued", schedule=schedule.name, exc_info=True)
                seconds = LONGEST_WAIT_SECONDS
            with move_on_after(seconds):
                await self._stopping.wait()

    async def _claim_and_enqueue(self, schedule: Schedule, due: datetime) -> bool:
        answer = await self._store.claim(schedule.name, due, self._token)
        if answer == "mine":
            await enqueue(self._messaging, schedule, due)
            await self._store.done(schedule.name, due)
        return answer != "busy"


async def enqueue(messaging: Messaging, schedule: Schedule, due: datetime) -> None:
    """Enqueue the task for that time; called again for the same time, it still runs once."""
    key, payload = f"schedule:{schedule.name}:{due.isoformat()}", schedule.payload_at(due)
    try:
        await messaging.tasks.enqueue(schedule.task, payload, idempotency_key=key)
    except ConflictError:
        log = structlog.stdlib.get_logger(__name__)
        log.warning("another payload was made before", schedule=schedule.name)
        # If its maker died before the broker had it, this one takes its place.
        await messaging.status.withdraw([task_id(schedule.task, key)])
        with suppress(ConflictError):
            await messaging.tasks.enqueue(schedule.task, payload, idempotency_key=key)


def scheduler_resources(
    schedules: Iterable[Schedule], settings: type[TaskSettings]
) -> tuple[Resource[Any], ...]:
    """Return all schedules of a service and what they need, for settings of this class.

    Raises CompositionError when two have one name. SIGTERM ends the waiting at once.
    """
    chosen = tuple(schedules)
    if len({each.name for each in chosen}) < len(chosen):
        raise CompositionError("two schedules have one name")

    @asynccontextmanager
    async def opened(resources: Resources) -> AsyncIterator[Scheduler]:
        messaging, store = resources.get(Messaging), resources.get(RedisStore)
        scheduler = Scheduler(chosen, messaging, store.schedules)
        scheduler.start()
        try:
            yield scheduler
        finally:
            await scheduler.stop()

    scheduler = Resource(
        provides=Scheduler,
        open=opened,
        requires=(Messaging, RedisStore),
        ping=Scheduler.ping,
        drain=Scheduler.stop,
    )
    return *messaging_resources(settings), scheduler
