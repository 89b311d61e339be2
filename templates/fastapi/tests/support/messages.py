"""Hears what the service tells, and lets its broker go away."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from aio_pika import connect
from aio_pika.abc import AbstractIncomingMessage
from pydantic import SecretStr

from app.messaging import MessagingSettings
from shared.testing import Proxy, proxy, wait_until

SettingsT = TypeVar("SettingsT", bound=MessagingSettings)


@dataclass(frozen=True, kw_only=True)
class Message:
    """An event as it came."""

    id: str
    type: str
    correlation_id: str
    data: dict[str, Any]


class Ear:
    """Whatever has been heard, in its order."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def hear(self, message: AbstractIncomingMessage) -> None:
        """Keep an event and have the broker forget it."""
        self.messages.append(
            Message(
                id=message.message_id or "",
                type=message.routing_key or "",
                correlation_id=message.correlation_id or "",
                data=json.loads(message.body)["data"],
            )
        )
        await message.ack()

    async def wait_for(self, count: int) -> list[Message]:
        """Return what was heard once it is so much."""

        async def enough() -> bool:
            return len(self.messages) >= count

        await wait_until(enough, what=f"{count} events")
        return self.messages


@asynccontextmanager
async def listening(settings: MessagingSettings) -> AsyncIterator[Ear]:
    """Hear every event from now on, by a queue that ends with the block."""
    ear = Ear()
    async with await connect(settings.amqp_url.get_secret_value()) as connection:
        channel = await connection.channel()
        name = f"{settings.messaging_prefix}events"
        exchange = await channel.declare_exchange(name, "topic", durable=True)
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(exchange, "#")
        await queue.consume(ear.hear)
        yield ear


@asynccontextmanager
async def frail_broker(settings: SettingsT) -> AsyncIterator[tuple[Proxy, SettingsT]]:
    """Yield what stands before the broker, and settings with its address."""
    url = urlsplit(settings.amqp_url.get_secret_value())
    async with proxy(url.hostname or "", url.port or 5672) as between:
        login, _, _ = url.netloc.rpartition("@")
        moved = url._replace(netloc=f"{login}@127.0.0.1:{between.port}").geturl()
        yield between, settings.model_copy(update={"amqp_url": SecretStr(moved)})
