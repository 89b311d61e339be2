"""Scenarios in which processes and servers are killed, cut off or stopped in mid-run."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from shared.testing.waiting import wait_until
from tests.faults.arena import Arena, written_down
from tests.faults.contract import FAIL_FIRST
from tests.faults.figures import Figures
from tests.faults.run import Run, run
from tests.faults.sizes import Size

_REFUSED = 20


@asynccontextmanager
async def _sending(running: Run, size: Size) -> AsyncIterator[None]:
    """Start a worker and send meanwhile; each tenth task fails at first."""
    await running.start()
    others = [number for number in range(size.tasks) if number % 10]
    async with asyncio.TaskGroup() as group:
        group.create_task(running.send(range(0, size.tasks, 10), FAIL_FIRST))
        group.create_task(running.send(others))
        yield


async def worker_killed(arena: Arena, size: Size) -> Figures:
    """A worker is killed again and again, and another one started."""
    async with run(arena, "killed") as running, _sending(running, size):
        async for _ in running.points(size.kills, size.tasks):
            await running.workers.pop().kill()
            await running.start()
        return await running.finish("worker killed with SIGKILL", size.tasks)


async def one_of_two_killed(arena: Arena, size: Size) -> Figures:
    """Two workers compete and one of them is killed for good."""
    async with run(arena, "competing") as running:
        await running.start()
        async with _sending(running, size):
            async for _ in running.points(1, size.tasks):
                await running.workers.pop(0).kill()
            figures = await running.finish("one of two competing workers killed", size.tasks)
        shares = Counter(pid for _, _, pid in running.executions())
        assert len(shares) == 2, "only one of the workers got something to do"
        return figures


async def broker_killed(arena: Arena, size: Size) -> Figures:
    """The broker is killed and started again on the data it had."""
    async with run(arena, "broker") as running:
        await running.start()
        await written_down(arena.servers.broker)
        async with _sending(running, size):
            async for _ in running.points(size.restarts, size.tasks):
                await asyncio.to_thread(arena.servers.broker.kill)
                await asyncio.to_thread(arena.servers.broker.start)
        return await running.finish("broker killed with SIGKILL and restarted", size.tasks)


async def connections_cut(arena: Arena, size: Size) -> Figures:
    """The workers' connections to the broker break, and can be made again."""
    async with run(arena, "cut") as running:
        running.amqp_url = arena.cuttable_amqp_url
        async with _sending(running, size):
            async for _ in running.points(size.kills, size.tasks):
                await arena.to_broker.cut()
                await arena.to_broker.join()
        return await running.finish("connections to the broker cut", size.tasks)


async def redis_emptied(arena: Arena, size: Size) -> Figures:
    """Redis is killed and comes back empty."""
    async with run(arena, "redis") as running, _sending(running, size):
        async for _ in running.points(size.restarts, size.tasks):
            await asyncio.to_thread(arena.servers.redis.kill)
            await asyncio.to_thread(arena.servers.redis.start)
        return await running.finish("Redis killed and restarted empty", size.tasks)


async def redis_full(arena: Arena, size: Size) -> Figures:
    """Redis has no room and refuses every write, until there is room again."""
    async with (
        run(arena, "full") as running,
        _sending(running, size),
        Redis.from_url(arena.servers.redis.url, decode_responses=True) as redis,
    ):

        async def refused() -> int:
            errors = await redis.info("errorstats")
            return int(errors.get("errorstat_OOM", {}).get("count", 0))

        async for _ in running.points(size.restarts, size.tasks):
            before = await refused()
            # Less than it holds, so that nothing more goes in; without eviction nothing goes out.
            await redis.config_set("maxmemory", "1mb")

            async def enough(before: int = before) -> bool:
                return await refused() >= before + _REFUSED

            await wait_until(enough, timeout_seconds=30, what="refused writes")
            await redis.config_set("maxmemory", "0")
        assert (await redis.info("stats"))["evicted_keys"] == 0
        return await running.finish("Redis full for a while", size.tasks)


async def data_service_down(arena: Arena, size: Size) -> Figures:
    """The data service refuses connections until some attempts have failed."""
    async with run(arena, "down") as running, _sending(running, size):

        async def refused() -> bool:
            return sum(attempt > 2 for _, attempt, _ in running.executions()) >= _REFUSED

        async for _ in running.points(size.restarts, size.tasks):
            await arena.to_data.cut()
            await wait_until(refused, timeout_seconds=30, what="failed attempts")
            await arena.to_data.join()
        return await running.finish("data service down for a while", size.tasks)


async def workers_replaced(arena: Arena, size: Size) -> Figures:
    """Workers get SIGTERM with work in hand, each after another has been started."""
    async with run(arena, "replaced") as running, _sending(running, size):
        async for _ in running.points(size.kills, size.tasks):
            assert await running.workers.pop().terminate() == 0
            await running.start()
        return await running.finish("worker stopped with SIGTERM", size.tasks)
