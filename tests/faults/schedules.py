"""Scenarios in which replicas compete, each second, for the times of the same forty schedules.

By the schedules' promise a time is missed only when it is over for more than a minute, and no fault
lasts so long: each second from the first to the last must take effect once for each schedule.
"""

import asyncio

from tests.faults.arena import Arena, written_down
from tests.faults.competition import competing
from tests.faults.figures import Figures
from tests.faults.sizes import Size


async def schedulers_compete(arena: Arena, size: Size) -> Figures:
    """Replicas are killed, most of them with claims in hand, and others started.

    What one had claimed is enqueued by another when the claim ends; nothing else is fired twice.
    """
    async with competing(arena, "scheduled", size) as competition:
        competition.begin()
        async for _ in competition.points(size.kills):
            await competition.kill_one()
            await competition.start_one()
        figures = await competition.finish("replicas with schedules killed")
        competition.check_claims()
        return figures


async def schedulers_without_redis(arena: Arena, size: Size) -> Figures:
    """Redis is killed and comes back empty, so the replicas' own memory must do.

    It comes back when one of them has found it away at a due time.
    A time that some have forgotten to be over is enqueued again, with the same key.
    """
    async with competing(arena, "scheduled-redis", size) as competition:
        competition.begin()
        async for _ in competition.points(size.restarts):
            await competition.empty_redis()
        return await competition.finish("schedules while Redis is restarted empty")


async def schedulers_without_broker(arena: Arena, size: Size) -> Figures:
    """The broker is killed and started again; what was due meanwhile is enqueued after that."""
    async with competing(arena, "scheduled-broker", size) as competition:
        await written_down(arena.servers.broker)
        competition.begin()
        async for _ in competition.points(size.restarts):
            await asyncio.to_thread(arena.servers.broker.kill)
            await asyncio.to_thread(arena.servers.broker.start)
        return await competition.finish("schedules while the broker is restarted")
