"""taskiq with taskiq-aio-pika: a quorum queue, acknowledged after the work, retries on."""

import asyncio
import os
from importlib import import_module
from typing import Any

from tests.benchmarks.tasks.meter import Meter
from tests.benchmarks.tasks.role import PREFETCH, QUEUE, TEXT, Load, play

# Only the benchmarks' environment has it, the one that types are checked in does not.
taskiq: Any = import_module("taskiq")
receivers: Any = import_module("taskiq.receiver")
rabbitmq: Any = import_module("taskiq_aio_pika")
queues: Any = import_module("taskiq_aio_pika.queue")


def _task(meter: Meter | None) -> tuple[Any, Any]:
    queue = queues.Queue(name=QUEUE, type=queues.QueueType.QUORUM)
    broker = rabbitmq.AioPikaBroker(os.environ["AMQP_URL"], qos=PREFETCH, task_queues=[queue])
    retried = broker.with_middlewares(taskiq.SimpleRetryMiddleware(default_retry_count=3))

    async def noop(sent: float, _text: str) -> None:
        if meter is not None:
            meter.handled(sent)

    return retried, retried.task(task_name="noop", retry_on_error=True)(noop)


def send(load: Load) -> None:
    """Publish with confirms."""
    asyncio.run(_send(load))


async def _send(load: Load) -> None:
    broker, noop = _task(None)
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
    asyncio.run(_work(meter))


async def _work(meter: Meter) -> None:
    broker, _ = _task(meter)
    broker.is_worker_process = True
    await broker.startup()
    when = taskiq.acks.AcknowledgeType.WHEN_EXECUTED
    taking = receivers.Receiver(
        broker, max_async_tasks=PREFETCH, max_prefetch=PREFETCH, ack_type=when
    )
    await taking.listen(asyncio.Event())


if __name__ == "__main__":
    play(send, work)
