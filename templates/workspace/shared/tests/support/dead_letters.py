"""Looks at what has become of a message that nobody could handle."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aio_pika import DeliveryMode, Message, connect

from shared.messaging.topology import LEVELS, Names
from shared.testing import wait_until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, HeadersType

    from shared.messaging.settings import TaskSettings


class Raw:
    """The broker as one sees it without the library under test."""

    def __init__(self, channel: AbstractChannel, names: Names) -> None:
        self.channel, self.names = channel, names

    async def put(
        self, queue: str, body: bytes, message_id: str = "m", **headers: str | int
    ) -> None:
        sent: HeadersType = {name.replace("_", "-"): text for name, text in headers.items()}
        message = Message(
            body, headers=sent, message_id=message_id, delivery_mode=DeliveryMode.PERSISTENT
        )
        await self.channel.default_exchange.publish(message, self.names.of(queue))

    async def take(self, queue: str) -> AbstractIncomingMessage:
        """Return the next message of a queue, waiting for it."""
        declared = await self.channel.get_queue(self.names.of(queue))
        taken: list[AbstractIncomingMessage] = []

        async def there() -> bool:
            message = await declared.get(fail=False)
            if message is not None:
                taken.append(message)
            return message is not None

        await wait_until(there, what=f"a message in {queue}")
        await taken[0].ack()
        return taken[0]


@asynccontextmanager
async def raw_broker(settings: TaskSettings) -> AsyncIterator[Raw]:
    async with await connect(settings.amqp_url.get_secret_value()) as connection:
        yield Raw(await connection.channel(), Names(settings.messaging_prefix))


async def remove_all(settings: TaskSettings, queues: Iterable[str]) -> None:
    """Remove queues, and the exchanges and waiting queues of the prefix: a broker has limits."""
    async with raw_broker(settings) as raw:
        names = raw.names
        levels = [names.level(level) for level in range(LEVELS)]
        others = (names.of("delay.unrouted.dead"), names.of(f"topology.{settings.service_name}"))
        for queue in (*levels, *others, *(names.of(each) for each in queues)):
            await raw.channel.queue_delete(queue)
        for exchange in (*levels, names.arrivals, names.unrouted, names.events):
            await raw.channel.exchange_delete(exchange)
