"""Records the events that a service publishes, as everybody on its broker may."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aio_pika import connect

from shared.messaging.topology import Names
from shared.testing.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aio_pika.abc import AbstractIncomingMessage

    from shared.messaging.settings import BrokerSettings

EVERYTHING = "#"


@dataclass(frozen=True, kw_only=True)
class RecordedEvent:
    """An event as it came."""

    id: str
    type: str
    correlation_id: str
    data: dict[str, Any]


class EventRecorder:
    """What was published meanwhile, in the order in which it came."""

    def __init__(self) -> None:
        self.messages: list[RecordedEvent] = []

    async def record(self, message: AbstractIncomingMessage) -> None:
        """Keep an event and have the broker forget it."""
        self.messages.append(
            RecordedEvent(
                id=message.message_id or "",
                type=message.routing_key or "",
                correlation_id=message.correlation_id or "",
                data=json.loads(message.body)["data"],
            )
        )
        await message.ack()

    async def wait_for(self, count: int, *, timeout_seconds: float = 10) -> list[RecordedEvent]:
        """Return the events once there are so many; TimeoutError names what came instead."""

        async def enough() -> bool:
            return len(self.messages) >= count

        what = f"recording {count} events"
        try:
            await wait_until(enough, timeout_seconds=timeout_seconds, what=what)
        except TimeoutError as error:
            came = ", ".join(message.type for message in self.messages) or "nothing"
            message = f"{error}; recorded: {came}"
            raise TimeoutError(message) from None
        return self.messages


@asynccontextmanager
async def record_events(settings: BrokerSettings, *types: str) -> AsyncIterator[EventRecorder]:
    """Record every event from now on, or those of some types, by a queue that ends with the block.

    `file.*` is any type that begins so.
    """
    recorder = EventRecorder()
    async with await connect(settings.amqp_url.get_secret_value()) as connection:
        channel = await connection.channel()
        name = Names(settings.messaging_prefix).events
        exchange = await channel.declare_exchange(name, "topic", durable=True)
        queue = await channel.declare_queue(exclusive=True)
        for each in types or (EVERYTHING,):
            await queue.bind(exchange, each)
        await queue.consume(recorder.record)
        yield recorder
