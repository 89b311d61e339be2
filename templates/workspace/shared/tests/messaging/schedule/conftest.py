"""Replicas of a scheduling service, each with its own connections and a clock to be set."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from shared.lifecycle import Resources
from shared.messaging.broker import open_broker
from shared.messaging.consuming import Consuming, MessageConsumer, TaskHandler
from shared.messaging.metrics import MessagingMetrics
from shared.messaging.publishing import Messaging
from shared.messaging.schedule import Schedule, Scheduler
from shared.messaging.store import open_store
from tests.support.messages import Note, RecordingHandler, note_task
from tests.support.replicas import Clock, Replica

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from shared.messaging.settings import TaskSettings
    from tests.support.replicas import Opener


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def scheduled(tasks: TaskSettings, redis_url: str) -> TaskSettings:
    # The broker's names are the session's; the records in Redis go by the schedule's name.
    return tasks.model_copy(update={"redis_url": SecretStr(redis_url)})


@pytest.fixture
def schedule(queue: str) -> Schedule:
    def payload(due: datetime) -> Note:
        return Note(text=due.isoformat())

    return Schedule(
        name=f"s{uuid4().hex[:8]}", cron="0 * * * *", task=note_task(queue), payload=payload
    )


@pytest.fixture
def replica(scheduled: TaskSettings, clock: Clock) -> Opener:
    @asynccontextmanager
    async def opened(schedule: Schedule) -> AsyncIterator[Replica]:
        metrics = MessagingMetrics(CollectorRegistry())
        async with open_broker(scheduled) as broker, open_store(scheduled) as store:
            messaging = Messaging(broker, store, "tested", metrics)
            scheduler = Scheduler((schedule,), messaging, store.schedules, lambda: clock.now)
            yield Replica(messaging, store, scheduler, (schedule,))

    return opened


@pytest.fixture
async def recording(scheduled: TaskSettings, queue: str) -> AsyncIterator[RecordingHandler]:
    """Yield what the consumer of the scheduled tasks recording."""
    noted, metrics = RecordingHandler(), MessagingMetrics(CollectorRegistry())
    handler = TaskHandler(task=note_task(queue), handle=noted.handle)
    async with open_broker(scheduled) as broker, open_store(scheduled) as store:
        consuming = Consuming(scheduled, broker, store)
        consumer = MessageConsumer(queue=queue, handlers=(handler,))
        await consuming.start((consumer,), Resources({}), metrics)
        yield noted
        await consuming.close()
