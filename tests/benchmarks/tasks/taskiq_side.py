"""taskiq with taskiq-aio-pika: a quorum queue, acknowledged after the work, retries on."""

import asyncio
import logging
import os

from taskiq import SimpleRetryMiddleware
from taskiq.acks import AcknowledgeType
from taskiq.receiver import Receiver
from taskiq_aio_pika import AioPikaBroker
from taskiq_aio_pika.queue import Queue, QueueType

from tests.benchmarks.tasks.meter import Meter
from tests.benchmarks.tasks.role import PREFETCH, QUEUE, TEXT, Load, play


def _broker() -> AioPikaBroker:
    queue = Queue(name=QUEUE, type=QueueType.QUORUM)
    broker = AioPikaBroker(os.environ["AMQP_URL"], qos=PREFETCH, task_queues=[queue])
    return broker.with_middlewares(SimpleRetryMiddleware(default_retry_count=3))


def send(load: Load) -> None:
    """Publish with confirms."""
    asyncio.run(_send(load))


async def _send(load: Load) -> None:
    broker = _broker()

    @broker.task(task_name="noop", retry_on_error=True)
    async def noop(sent: float, text: str) -> None: ...

    await broker.startup()
    if load.pace:
        for sent in load.stamps():
            await noop.kiq(sent, TEXT)
    else:
        for batch in load.batches():
            await asyncio.gather(*(noop.kiq(sent, TEXT) for sent in batch))
    await broker.shutdown()


def work(meter: Meter) -> None:
    """Handle tasks until the meter ends the process, as `taskiq worker` does it."""
    logging.disable(logging.INFO)
    asyncio.run(_work(meter))


async def _work(meter: Meter) -> None:
    broker = _broker()

    @broker.task(task_name="noop", retry_on_error=True)
    async def noop(sent: float, text: str) -> None:
        meter.handled(sent)

    broker.is_worker_process = True
    await broker.startup()
    receiver = Receiver(
        broker, max_async_tasks=PREFETCH, max_prefetch=PREFETCH,
        ack_type=AcknowledgeType.WHEN_EXECUTED,
    )  # fmt: skip
    await receiver.listen(asyncio.Event())


if __name__ == "__main__":
    play(send, work)
