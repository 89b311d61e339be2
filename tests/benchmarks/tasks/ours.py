"""`shared.messaging` as a rendered worker uses it; TRACKED=1 keeps status and claims in Redis."""

import asyncio
import os
from collections.abc import Coroutine
from typing import Any

from prometheus_client import CollectorRegistry
from pydantic import BaseModel

from shared.lifecycle import Lifecycle, Resource, Resources
from shared.messaging.consuming import (
    MessageConsumer,
    MessageContext,
    TaskHandler,
    consuming_resources,
)
from shared.messaging.contract import Task
from shared.messaging.publishing import Messaging, messaging_resources
from shared.messaging.settings import TaskSettings
from shared.settings import load_settings
from tests.benchmarks.tasks.meter import Meter
from tests.benchmarks.tasks.role import PREFETCH, QUEUE, TEXT, Load, play


class Payload(BaseModel):
    """What the task is told."""

    sent: float
    text: str


NOOP = Task(
    name="noop", queue=QUEUE, payload=Payload, track=os.environ.get("TRACKED") == "1"
)  # fmt: skip


def _lifecycle(*resources: Resource[Any]) -> Lifecycle:
    os.environ.setdefault("SERVICE_NAME", "benchmark")
    given = {TaskSettings: load_settings(TaskSettings), CollectorRegistry: CollectorRegistry()}
    return Lifecycle(resources, given)


def _consumer(meter: Meter) -> MessageConsumer:
    async def handle(payload: Payload, _work: MessageContext, _resources: Resources) -> None:
        meter.handled(payload.sent)

    return MessageConsumer(
        queue=QUEUE, handlers=(TaskHandler(task=NOOP, handle=handle),), concurrency=PREFETCH
    )


def send(load: Load) -> None:
    """Publish with confirms."""
    asyncio.run(_send(load))


async def _send(load: Load) -> None:
    async with _lifecycle(*messaging_resources(TaskSettings)) as resources:
        tasks = resources.get(Messaging).tasks
        if load.pace:
            for sent in load.stamps():
                await tasks.enqueue(NOOP, Payload(sent=sent, text=TEXT))
            return
        for batch in load.batches():
            await tasks.enqueue_many(NOOP, [Payload(sent=sent, text=TEXT) for sent in batch])


def prepare(meter: Meter) -> None:
    """Declare the queue, as a worker's first start does: nobody sends to one that is not there."""
    asyncio.run(_take(meter, asyncio.sleep(0)))


def work(meter: Meter) -> None:
    """Handle tasks until the meter ends the process."""
    asyncio.run(_take(meter, asyncio.Event().wait()))


async def _take(meter: Meter, until: Coroutine[object, object, object]) -> None:
    async with _lifecycle(*consuming_resources([_consumer(meter)], TaskSettings)):
        await until


if __name__ == "__main__":
    play(send, work, prepare)
