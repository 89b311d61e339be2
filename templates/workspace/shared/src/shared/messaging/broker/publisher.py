"""Publishes with a confirm for each message."""

from __future__ import annotations

import asyncio
from time import time
from typing import TYPE_CHECKING

from aio_pika import DeliveryMode, Message

from shared.messaging import headers
from shared.messaging.broker.connection import queue_depth, retry_until
from shared.messaging.delay_queues import LONGEST_SECONDS, first_step
from shared.messaging.errors import UnroutableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.messaging.broker.connection import BrokerConnection
    from shared.messaging.messages import Outgoing


def to_amqp_message(outgoing: Outgoing, seconds: float) -> Message:
    """Return what is sent for it when it is to wait for so many seconds."""
    carried = outgoing.headers
    if seconds > LONGEST_SECONDS:
        carried = {**carried, headers.DUE: round((time() + seconds) * 1000)}
    return Message(
        outgoing.body,
        headers=carried,
        content_type="application/json",
        delivery_mode=DeliveryMode.PERSISTENT,
        message_id=outgoing.id,
        correlation_id=outgoing.correlation_id,
        timestamp=outgoing.time,
    )


# More at once are no faster and only take memory.
BATCH = 500


class Publisher:
    """Returns once the broker has the message; queues are named without the prefix.

    Each method raises UnavailableError when the broker is away for longer than a few seconds.
    """

    def __init__(self, link: BrokerConnection) -> None:
        self._link = link

    async def send(self, outgoing: Outgoing, queue: str, seconds: float = 0.0) -> None:
        """Put it into a queue, after that many seconds; raises UnroutableError."""
        step, message = first_step(queue, seconds), to_amqp_message(outgoing, seconds)
        if step is None:
            await self._publish("", self._link.names.of(queue), message)
            return
        if queue not in self._link.known_queues:
            await self._require(queue)
        level, key = step
        await self._publish(self._link.names.level(level), key, message)

    async def send_all(
        self, outgoing: Iterable[Outgoing], queue: str, seconds: float = 0.0
    ) -> None:
        """Put all of them into a queue and wait once for all confirms; raises UnroutableError.

        When it raises, some may have been sent.
        """
        waiting = list(outgoing)
        for start in range(0, len(waiting), BATCH):
            sends = [self.send(each, queue, seconds) for each in waiting[start : start + BATCH]]
            for outcome in await asyncio.gather(*sends, return_exceptions=True):
                if outcome is not None:
                    raise outcome

    async def publish_event(self, outgoing: Outgoing, key: str) -> None:
        """Publish an event to every queue that is bound to its key; there may be none."""
        message = to_amqp_message(outgoing, 0.0)
        await self._publish(self._link.names.events, key, message, mandatory=False)

    async def _require(self, queue: str) -> None:
        # A waiting message that no queue takes at its end would be dropped there in silence.
        if await queue_depth(self._link, queue) is None:
            message = "nobody has declared the queue for this message"
            raise UnroutableError(message)
        await retry_until(self._link.ensure_delay_queues)
        self._link.known_queues.add(queue)

    async def _publish(
        self, exchange: str, key: str, message: Message, *, mandatory: bool = True
    ) -> None:
        async def act() -> None:
            channel = await self._link.channel()
            underlying = await channel.get_underlay_channel()
            await underlying.basic_publish(
                message.body,
                exchange=exchange,
                routing_key=key,
                properties=message.properties,
                mandatory=mandatory,
            )

        await retry_until(act)
