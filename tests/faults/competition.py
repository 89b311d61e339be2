"""Replicas that compete, each second, for the times of the same schedules, and what they fire."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from shared.testing.waiting import wait_until
from tests.faults.arena import Arena
from tests.faults.due import SCHEDULES, all_since, numbers_of
from tests.faults.figures import Figures
from tests.faults.run import Run, run
from tests.faults.sizes import Size
from tests.faults.workers import Worker, start_worker

_REPLICAS = 3
_LIMIT_SECONDS = 240.0


class Competition:
    """The replicas of a run that has a worker for what they enqueue."""

    def __init__(self, running: Run, size: Size) -> None:
        self._running, self._replicas = running, list[Worker]()
        self._size, self._first = size, 0
        # How many firings there had been when a replica was dead.
        self._killed: dict[int, int] = {}

    def begin(self) -> None:
        """Count from the next second on."""
        self._first = int(time.time()) + 1

    async def start_one(self) -> None:
        """Start a replica and wait until it waits for the times of its schedules."""
        running, module = self._running, "tests.faults.scheduler"
        self._replicas.append(
            await start_worker(running.arena, running.name, running.amqp_url, module=module)
        )

    async def kill_one(self) -> None:
        """Kill the replica that has fired last, so most likely with more to fire in hand."""
        _, last = self._firings()[-1]
        self._replicas.sort(key=lambda each: each.pid == last)
        victim = self._replicas.pop()
        await victim.kill()
        self._killed[victim.pid] = len(self._firings())

    async def empty_redis(self) -> None:
        """Kill Redis and start it again when a replica has missed it."""
        redis = self._running.arena.servers.redis
        missed = self._complaints()

        async def is_missed() -> bool:
            return self._complaints() > missed

        await asyncio.to_thread(redis.kill)
        await wait_until(is_missed, timeout_seconds=30, what="a replica's complaint")
        await asyncio.to_thread(redis.start)

    def _complaints(self) -> int:
        return self._replicas[0].log.read_text().count("not enqueued")

    async def close(self) -> None:
        """Kill what is left of the replicas."""
        for each in self._replicas:
            await each.kill()

    def _firings(self) -> list[tuple[int, int]]:
        """Return due time and process of each firing so far, in order."""
        lines = self._running.notes("firings").read_text().splitlines()
        return [(int(number), int(pid)) for number, pid in map(str.split, lines)]

    async def points(self, count: int) -> AsyncIterator[None]:
        """Yield at random firings, each when the replicas are over the last fault."""
        for more in random.sample(range(self._size.tasks // count // 2), count):
            await self._all_fire_again()
            wanted = len(self._firings()) + more

            async def reached(wanted: int = wanted) -> bool:
                return len(self._firings()) >= wanted

            await wait_until(reached, timeout_seconds=_LIMIT_SECONDS, what="firings")
            self._running.faults += 1
            yield

    async def _all_fire_again(self) -> None:
        now = time.time()

        async def fired() -> bool:
            return all_since(now, [number for number, _ in self._firings()])

        await wait_until(fired, timeout_seconds=_LIMIT_SECONDS, what="firings of all schedules")

    def check_claims(self) -> None:
        """Fail where a replica has fired for a time that another one had in hand and was alive."""
        firings, owners, stolen = self._firings(), dict[int, int](), set[int]()
        for place, (number, pid) in enumerate(firings):
            owner = owners.get(number, pid)
            if owner != pid and place < self._killed.get(owner, len(firings)):
                stolen.add(number)
            owners[number] = pid
        assert not stolen, f"{len(stolen)} due times were fired by two replicas that were alive"

    async def finish(self, name: str) -> Figures:
        """Wait until what is due by now is over for all schedules, stop the replicas and count."""
        after = max(int(time.time()) + 1, self._first + self._size.tasks // SCHEDULES)

        async def over() -> bool:
            return all_since(after, self._done())

        await wait_until(over, timeout_seconds=_LIMIT_SECONDS, what="the end")
        codes = {await each.terminate() for each in self._replicas}
        assert codes == {0}, (codes, self._replicas[0].log.read_text()[-3000:])
        figures = await self._running.finish(name, self._running.done)
        due = numbers_of(range(self._first, after))
        done = due & self._done()
        return replace(figures, sent=len(due), done=len(done), lost=len(due - done))

    def _done(self) -> set[int]:
        return set(self._running.arena.effects.by_run[self._running.name].values())


@asynccontextmanager
async def competing(arena: Arena, name: str, size: Size) -> AsyncIterator[Competition]:
    """Start a worker and the replicas; what is left of them at the end is killed."""
    async with run(arena, name) as running:
        await running.start()
        competition = Competition(running, size)
        try:
            await asyncio.gather(*(competition.start_one() for _ in range(_REPLICAS)))
            yield competition
        finally:
            await competition.close()
