"""A service that sends and consumes, on a real broker."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry

from shared.lifecycle import Resources
from shared.messaging.broker import open_broker
from shared.messaging.consuming import Consuming, MessageConsumer, TaskHandler
from shared.messaging.metrics import MessagingMetrics
from shared.messaging.publishing import Messaging
from shared.messaging.store import open_store
from shared.testing import wait_until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.messaging.broker import Broker
    from shared.messaging.contract import Task
    from shared.messaging.settings import TaskSettings
    from shared.messaging.status import State
    from shared.messaging.store import RedisStore
    from tests.support.messages import Note, RecordingHandler


@dataclass
class Side:
    """One service: its own connection, sending and consuming."""

    settings: TaskSettings
    broker: Broker
    store: RedisStore
    metrics: MessagingMetrics
    messaging: Messaging
    consuming: Consuming

    async def consume(self, *consumers: MessageConsumer) -> None:
        await self.consuming.start(consumers, Resources({}), self.metrics)

    async def consume_notes(
        self, recording: RecordingHandler, task: Task[Note], concurrency: int = 10
    ) -> None:
        handler = TaskHandler(task=task, handle=recording.handle)
        await self.consume(
            MessageConsumer(queue=task.queue, handlers=(handler,), concurrency=concurrency)
        )

    async def state(self, task_id: str) -> State | None:
        status = await self.messaging.status.get(task_id)
        return None if status is None else status.state

    async def depth(self, queue: str) -> int:
        depth = await self.broker.depth(queue)
        return -1 if depth is None else depth.ready

    async def hold(self, queue: str, count: int) -> None:
        async def held() -> bool:
            return await self.depth(queue) == count

        await wait_until(held, what=f"{count} in {queue}")


@asynccontextmanager
async def side(settings: TaskSettings) -> AsyncIterator[Side]:
    metrics = MessagingMetrics(CollectorRegistry())
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(open_broker(settings))
        kept = await stack.enter_async_context(open_store(settings))
        messaging = Messaging(broker, kept, settings.service_name, metrics)
        consuming = Consuming(settings, broker, kept)
        stack.push_async_callback(consuming.close)
        yield Side(settings, broker, kept, metrics, messaging, consuming)
