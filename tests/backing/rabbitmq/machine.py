"""Machines with RabbitMQ in one place, a run on them, and an independent client."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractQueue

from generator.backing import BackingServices, Places
from tests.backing.machine import NOWHERE, RABBITMQ, opened

T = TypeVar("T")
INSTALLED = replace(NOWHERE, rabbitmq_bindirs=Places().rabbitmq_bindirs)


@contextmanager
def opened_rabbitmq(
    variables: Mapping[str, str], places: Places = NOWHERE
) -> Iterator[BackingServices]:
    """RabbitMQ as `open_backing` finds it there."""
    with opened(variables, places, RABBITMQ) as services:
        yield services


def namespace_of(services: BackingServices, name: str = "media-worker") -> tuple[str, str]:
    """The URL and the prefix that one service gets, and no more."""
    variables = services.isolate(name, RABBITMQ)
    assert set(variables) == {"AMQP_URL", "MESSAGING_PREFIX"}
    return variables["AMQP_URL"], variables["MESSAGING_PREFIX"]


def client(url: str, use: Callable[[AbstractChannel], Awaitable[T]]) -> T:
    """What aio-pika gets there: the witness for what our client does."""

    async def run() -> T:
        async with await aio_pika.connect(url) as connection:
            return await use(await connection.channel())

    return asyncio.run(run())


def use(url: str, prefix: str) -> None:
    """What a service does with it: quorum queue, topic exchange, confirmed publish, ack."""

    async def there_and_back(channel: AbstractChannel) -> None:
        exchange = await channel.declare_exchange(f"{prefix}events", "topic", durable=True)
        queue = await declared(channel, f"{prefix}tasks")
        await queue.bind(exchange, "user.*")
        await exchange.publish(aio_pika.Message(b"x" * 200_000), "user.created")
        message = await queue.get()
        assert message is not None
        await message.ack()

    client(url, there_and_back)


async def declared(channel: AbstractChannel, name: str) -> AbstractQueue:
    """A queue as services have them."""
    return await channel.declare_queue(name, durable=True, arguments={"x-queue-type": "quorum"})
