"""Puts a message into a broker that is about to be killed, and takes it out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aio_pika import DeliveryMode, Message, connect

from shared.testing import wait_until

if TYPE_CHECKING:
    from shared.testing.rabbitmq import OwnBroker


async def put(broker: OwnBroker, body: bytes) -> None:
    async with await connect(broker.url) as connection:
        channel = await connection.channel()
        await channel.declare_queue("kept", durable=True)

        async def on_disk() -> bool:
            # Messages are there when they are confirmed, but a new queue is some moments later.
            files = [each for each in broker._folder.rglob("*") if each.is_file()]
            return any(b"kept" in each.read_bytes() for each in files)

        await wait_until(on_disk, what="the queue on the disk")
        message = Message(body, delivery_mode=DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, "kept")


async def taken(url: str) -> bytes:
    async with await connect(url) as connection:
        queue = await (await connection.channel()).get_queue("kept")
        message = await queue.get()
        await message.ack()
        return message.body
