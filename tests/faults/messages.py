"""Scenarios in which the messages themselves are the trouble."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from aio_pika import DeliveryMode, Message, connect

from shared.messaging import headers
from shared.messaging.topology import DELIVERY_LIMIT
from shared.testing.waiting import wait_until
from tests.faults.arena import PREFIX, Arena
from tests.faults.contract import (
    DEADLY,
    HANG_ATTEMPTS,
    HOPELESS,
    Happened,
    Order,
    hanging_task,
)
from tests.faults.figures import Figures
from tests.faults.run import Run, run
from tests.faults.sizes import Size

_HANGING = 5
_EACH = 10


async def handlers_hang(arena: Arena, size: Size) -> Figures:
    """Some handlers never end; the others' tasks go on while these hang."""
    async with run(arena, "hanging") as running:
        await running.start()
        task = hanging_task(running.name)
        await running.messaging.tasks.enqueue_many(task, [Order(number=-1)] * _HANGING)

        async def tried(attempt: int) -> bool:
            hanging = [e for e in running.executions() if e[0].startswith("hang-")]
            return sum(tries == attempt for _, tries, _ in hanging) == _HANGING

        await wait_until(lambda: tried(1), what="hanging")
        await running.send(range(size.tasks // 10))
        await running.until(size.tasks // 10)
        assert not await running.queues.dead(), "the others have waited for those that hang"
        running.faults = _HANGING
        await running.send(range(size.tasks // 10, size.tasks))
        await wait_until(lambda: tried(HANG_ATTEMPTS), timeout_seconds=30, what="all attempts")
        total = size.tasks + _HANGING
        return await running.finish("handlers that hang", total, dead=_HANGING)


async def poison(arena: Arena, size: Size) -> Figures:
    """What nobody can read or do stands between the tasks."""
    async with run(arena, "poison") as running:
        await running.start()
        name = {headers.TASK: "faults.order"}
        async with asyncio.TaskGroup() as group:
            group.create_task(running.send(range(size.tasks)))
            group.create_task(running.send(range(size.tasks, size.tasks + _EACH), HOPELESS))
            group.create_task(_put(running, b"{}", {headers.TASK: "faults.unheard"}))
            group.create_task(_put(running, b"{]", name))
            group.create_task(_put(running, b'{"number": "many"}', name))
        dead = running.faults = 4 * _EACH
        return await running.finish("poison and unknown tasks", size.tasks + dead, dead)


async def task_kills_workers(arena: Arena, size: Size) -> Figures:
    """A task takes down each worker that tries it, until it is given up; the others are done.

    It is sent as one that has come back before, so that so many deaths are its last ones.
    """
    async with run(arena, "deadly") as running:
        await running.start()
        came_back = {headers.TASK: "faults.order", headers.RETURNS: DELIVERY_LIMIT - size.kills}
        deadly = Order(number=-1, act=DEADLY).model_dump_json().encode()
        async with asyncio.TaskGroup() as group:
            group.create_task(running.send(range(size.tasks)))
            await _put(running, deadly, came_back, count=1)
            for _ in range(size.kills):
                await running.workers.pop().end()
                running.faults += 1
                await running.start()
        return await running.finish("a task that kills its workers", size.tasks + 1, dead=1)


async def events_twice(arena: Arena, size: Size) -> Figures:
    """Each event is published twice or three times, for two queues."""
    async with run(arena, "twice", ("first", "second")) as running:
        await running.start()
        ids = [uuid4() for _ in range(size.tasks)]
        await asyncio.gather(*(_publish(running, n, each) for n, each in enumerate(ids)))
        await running.until(len(ids))
        await asyncio.gather(*(_publish(running, n, each) for n, each in enumerate(ids)))
        running.faults = len(ids) + len(ids) // 2
        return await running.finish("events published again", len(ids) * 2)


async def _publish(running: Run, number: int, event_id: UUID) -> None:
    event = Happened(number=number)
    await running.messaging.events.publish(event, event_id)
    if number % 2:
        await running.messaging.events.publish(event, event_id)


async def _put(running: Run, body: bytes, carried: Mapping[str, Any], count: int = _EACH) -> None:
    async with await connect(running.arena.servers.broker.url) as connection:
        channel = await connection.channel()
        for _ in range(count):
            message = Message(
                body,
                headers=dict(carried),
                message_id=str(uuid4()),
                delivery_mode=DeliveryMode.PERSISTENT,
            )
            key = f"{PREFIX}tasks.{running.name}"
            await channel.default_exchange.publish(message, routing_key=key)
