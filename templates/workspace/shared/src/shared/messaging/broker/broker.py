"""What is done over one connection to RabbitMQ: publishing, consuming, looking at queues."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from time import time
from typing import TYPE_CHECKING, TypeVar

from aio_pika import DeliveryMode, Message
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, ChannelNotFoundEntity
from anyio import fail_after, move_on_after

from shared.errors import UnavailableError
from shared.messaging import headers
from shared.messaging.broker.connection import (
    RETRY_SECONDS,
    BrokerConnection,
    retry_until,
)
from shared.messaging.broker.declaring import declare_queue
from shared.messaging.errors import UnroutableError
from shared.messaging.topology import LONGEST_SECONDS, first_step

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from aio_pika.abc import AbstractRobustChannel, AbstractRobustQueue
    from aiormq.abc import AbstractChannel

    from shared.messaging.messages import Incoming, Outgoing
    from shared.messaging.settings import BrokerSettings

START_SECONDS = 15.0
CANCEL_SECONDS = 2.0
# More at once are no faster and only take memory.
BATCH = 500

T = TypeVar("T")


@dataclass(frozen=True)
class Depth:
    """How many messages wait in a queue, and how many consumers it has."""

    ready: int
    consumers: int


@dataclass(frozen=True, kw_only=True)
class QueueOptions:
    """A queue to take from, the events it is bound to and how many messages are taken at once."""

    queue: str
    events: tuple[str, ...] = ()
    concurrency: int = 10


class Broker:
    """Publishes, consumes and looks at queues, which are named without the prefix.

    What is published is confirmed when the method returns. Each method raises UnavailableError
    when the broker is away for longer than a few seconds.
    """

    def __init__(self, link: BrokerConnection) -> None:
        self._link = link

    async def send(self, outgoing: Outgoing, queue: str, seconds: float = 0.0) -> None:
        """Put it into a queue, after that many seconds; raises UnroutableError."""
        step, message = first_step(queue, seconds), _to_amqp_message(outgoing, seconds)
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
        message = _to_amqp_message(outgoing, 0.0)
        await self._publish(self._link.names.events, key, message, mandatory=False)

    async def subscribe(
        self, wanted: QueueOptions, handle: Callable[[Incoming], Awaitable[None]]
    ) -> Subscription:
        """Declare a queue and take from it; `handle` must return at once."""
        await self._link.ensure_delay_queues()
        channel = (await self._link.connection()).channel(publisher_confirms=False)
        await channel.initialize()
        await channel.set_qos(prefetch_count=wanted.concurrency)
        declared = await declare_queue(channel, self._link.names, wanted.queue, wanted.events)
        return Subscription(channel, declared, await declared.consume(handle))

    async def depth(self, queue: str) -> Depth | None:
        """Return a queue's depth, None if there is no such queue."""

        async def look(channel: AbstractChannel) -> Depth | None:
            try:
                found = await channel.queue_declare(self._link.names.of(queue), passive=True)
            except ChannelNotFoundEntity:
                return None
            return Depth(found.message_count or 0, found.consumer_count or 0)

        return await self.on_channel(look, confirms=False)

    @asynccontextmanager
    async def channel(self) -> AsyncIterator[AbstractChannel]:
        """Open a channel for a moment, with confirms; UnavailableError also when it gets lost."""
        try:
            async with self._channel(confirms=True) as channel:
                yield channel
        except (*CONNECTION_EXCEPTIONS, TimeoutError) as error:
            raise UnavailableError("the connection to the message broker was lost") from error

    async def on_channel(
        self, act: Callable[[AbstractChannel], Awaitable[T]], *, confirms: bool = True
    ) -> T:
        """Do it on a channel of its own, again when the connection is lost for a moment.

        The broker closes a channel that asks for what is not there or is declared otherwise.
        """

        async def attempt() -> T:
            async with self._channel(confirms=confirms) as channel:
                return await act(channel)

        return await retry_until(attempt)

    async def ping(self) -> None:
        """Raise UnavailableError unless the connection is there."""
        self._link.check()

    @asynccontextmanager
    async def _channel(self, *, confirms: bool) -> AsyncIterator[AbstractChannel]:
        with fail_after(RETRY_SECONDS):
            transport = (await self._link.connection()).transport
            if transport is None:
                raise ConnectionError
            channel = await transport.connection.channel(publisher_confirms=confirms)
        try:
            yield channel
        finally:
            # What was taken and not acked, the broker has again then.
            if not channel.is_closed:
                await channel.close()

    async def _require(self, queue: str) -> None:
        # A waiting message that no queue takes at its end would be dropped there in silence.
        if await self.depth(queue) is None:
            raise UnroutableError
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


class Subscription:
    """Takes messages from a queue, at most `concurrency` at once, until it is cancelled.

    It has a channel of its own; after a lost connection it comes back by itself.
    """

    def __init__(
        self, channel: AbstractRobustChannel, queue: AbstractRobustQueue, tag: str
    ) -> None:
        self._channel, self._queue, self._tag = channel, queue, tag
        self._cancelled = False

    @property
    def is_active(self) -> bool:
        """Say whether it takes messages now."""
        return not (self._cancelled or self._channel.is_closed)

    async def cancel(self) -> None:
        """Take no more messages; what was taken can still be acked."""
        self._cancelled = True
        # Without a connection nothing comes anyway, and it is not subscribed again.
        with suppress(*CONNECTION_EXCEPTIONS), move_on_after(CANCEL_SECONDS):
            await self._queue.cancel(self._tag)


async def ack(message: Incoming) -> None:
    """Have the broker forget it; where the connection it came by is lost, it comes again."""
    with suppress(*CONNECTION_EXCEPTIONS):
        await message.ack()


async def requeue(message: Incoming) -> None:
    """Return it to its queue; where the connection is lost the broker has done that already."""
    with suppress(*CONNECTION_EXCEPTIONS):
        await message.nack()


def _to_amqp_message(outgoing: Outgoing, seconds: float) -> Message:
    carried = outgoing.headers
    if seconds > LONGEST_SECONDS:
        # It waits as long as it can, and whoever gets it then has it wait again.
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


@asynccontextmanager
async def open_broker(
    settings: BrokerSettings, *, optional: bool = False, start_seconds: float = START_SECONDS
) -> AsyncIterator[Broker]:
    """Connect; raises UnavailableError when that takes too long.

    What is optional goes on connecting in the background, for as long as it takes.
    """
    link = BrokerConnection(settings, optional=optional)
    try:
        if not optional:
            await link.wait(start_seconds)
        yield Broker(link)
    finally:
        await link.close()
