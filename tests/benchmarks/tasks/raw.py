"""aio-pika alone: a quorum queue, confirms, acknowledged after the work, retried with a delay.

With TRACKED=1 each task is claimed in Redis before the work and completed after it.
"""

import asyncio
import os
from collections.abc import Mapping
from uuid import uuid4

from aio_pika import DeliveryMode, Message, connect_robust
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from pamqp.common import FieldValue
from pydantic import BaseModel

from tests.benchmarks.tasks.claims import Claims
from tests.benchmarks.tasks.meter import Meter
from tests.benchmarks.tasks.role import PREFETCH, QUEUE, TEXT, Load, play

_QUORUM: Mapping[str, FieldValue] = {
    "x-queue-type": "quorum",
    "x-dead-letter-exchange": "",
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
}
_ARGUMENTS: Mapping[str, Mapping[str, FieldValue]] = {
    QUEUE: {"x-dead-letter-routing-key": f"{QUEUE}.dead", "x-delivery-limit": 20},
    f"{QUEUE}.retry": {"x-dead-letter-routing-key": QUEUE, "x-message-ttl": 1000},
    f"{QUEUE}.dead": {},
}


class Payload(BaseModel):
    """What the task is told."""

    sent: float
    text: str


async def declare(channel: AbstractChannel) -> None:
    """Make the queue, the one that waits and the one for dead letters."""
    for name, arguments in _ARGUMENTS.items():
        await channel.declare_queue(name, durable=True, arguments={**_QUORUM, **arguments})


def message(sent: float) -> Message:
    """One task."""
    body = Payload(sent=sent, text=TEXT).model_dump_json().encode()
    return Message(
        body,
        delivery_mode=DeliveryMode.PERSISTENT,
        content_type="application/json",
        message_id=uuid4().hex,
    )


def send(load: Load) -> None:
    """Publish with confirms."""
    asyncio.run(_send(load))


async def _send(load: Load) -> None:
    async with await connect_robust(os.environ["AMQP_URL"]) as connection:
        channel = await connection.channel(publisher_confirms=True)
        await declare(channel)
        publish = channel.default_exchange.publish
        if load.pace:
            for sent in load.stamps():
                await publish(message(sent), QUEUE, mandatory=True)
            return
        for batch in load.batches():
            await asyncio.gather(*(publish(message(s), QUEUE, mandatory=True) for s in batch))


def work(meter: Meter) -> None:
    """Handle tasks until the meter ends the process."""
    asyncio.run(_work(meter))


async def _work(meter: Meter) -> None:
    async with await connect_robust(os.environ["AMQP_URL"]) as connection:
        channel = await connection.channel()
        await channel.set_qos(PREFETCH)
        await declare(channel)
        queue, claims = await channel.get_queue(QUEUE), Claims.from_environment()

        async def handle(received: AbstractIncomingMessage) -> None:
            try:
                async with asyncio.timeout(60), claims.held(received.message_id or ""):
                    meter.handled(Payload.model_validate_json(received.body).sent)
            except (ValueError, OSError, TimeoutError, RuntimeError):
                again = Message(received.body, delivery_mode=DeliveryMode.PERSISTENT)
                await channel.default_exchange.publish(again, f"{QUEUE}.retry")
            await received.ack()

        await queue.consume(handle)
        await asyncio.Event().wait()


if __name__ == "__main__":
    play(send, work)
