"""Publishes with a confirm for each message."""

from __future__ import annotations

import asyncio
from time import time
from typing import TYPE_CHECKING

from aio_pika import DeliveryMode, Message

from shared.messaging import headers
from shared.messaging.broker.depth import queue_depth
from shared.messaging.broker.patience import PATIENCE_SECONDS, patiently
from shared.messaging.errors import UnroutableError
from shared.messaging.ladder import LONGEST_SECONDS, first_step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aio_pika.abc import AbstractRobustChannel, AbstractRobustConnection

    from shared.messaging.outgoing import Outgoing
    from shared.messaging.topology import Names

# More at once are no faster and only take memory.
BATCH = 500


class Publisher:
    """Returns once the broker has the message; queues are named without the prefix.

    Each method raises UnavailableError when the broker is away for longer than the patience.
    """

    def __init__(
        self,
        connection: AbstractRobustConnection,
        channel: AbstractRobustChannel,
        names: Names,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._connection, self._channel, self._names = connection, channel, names
        self._patience = patience_seconds
        self._known: set[str] = set()

    async def send(self, outgoing: Outgoing, queue: str, seconds: float = 0.0) -> None:
        """Put it into a queue, after that many seconds; raises UnroutableError."""
        step = first_step(queue, seconds)
        message = _message(outgoing, seconds)
        if step is None:
            await self._publish("", self._names.of(queue), message)
            return
        if queue not in self._known:
            await self._require(queue)
        level, key = step
        await self._publish(self._names.level(level), key, message)

    async def send_all(
        self, outgoing: Iterable[Outgoing], queue: str, seconds: float = 0.0
    ) -> None:
        """Put all of them into a queue and wait once for all confirms; raises UnroutableError."""
        waiting = list(outgoing)
        for start in range(0, len(waiting), BATCH):
            async with asyncio.TaskGroup() as group:
                for each in waiting[start : start + BATCH]:
                    group.create_task(self.send(each, queue, seconds))

    async def tell(self, outgoing: Outgoing, key: str) -> None:
        """Publish an event to every queue that is bound to its key; there may be none."""
        await self._publish(self._names.events, key, _message(outgoing, 0.0), mandatory=False)

    async def _require(self, queue: str) -> None:
        # A waiting message that no queue takes at its end would be dropped there in silence.
        if await queue_depth(self._connection, self._names.of(queue), self._patience) is None:
            message = "nobody has declared the queue for this message"
            raise UnroutableError(message)
        self._known.add(queue)

    async def _publish(
        self, exchange: str, key: str, message: Message, *, mandatory: bool = True
    ) -> None:
        async def act() -> None:
            await self._channel.ready()
            channel = await self._channel.get_underlay_channel()
            await channel.basic_publish(
                message.body,
                exchange=exchange,
                routing_key=key,
                properties=message.properties,
                mandatory=mandatory,
            )

        await patiently(act, self._patience)


def _message(outgoing: Outgoing, seconds: float) -> Message:
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
