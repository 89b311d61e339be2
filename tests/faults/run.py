"""One scenario while it runs: sends, waits for progress, and counts at the end."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from shared.errors import UnavailableError
from shared.lifecycle import Lifecycle
from shared.messaging.contract import Task
from shared.messaging.publishing import Messaging, messaging_resources
from shared.messaging.settings import TaskSettings
from shared.messaging.topology import event_queue, task_queue
from shared.testing.waiting import wait_until
from tests.faults.arena import PREFIX, Arena
from tests.faults.contract import DO, Order, order_task
from tests.faults.figures import Figures, repeated
from tests.faults.queues import queues
from tests.faults.workers import Worker, start_worker

_AT_ONCE = 50
_LIMIT_SECONDS = 240.0


class Run:
    """A scenario's tasks, workers and counts; its name is also its queue's."""

    def __init__(
        self, arena: Arena, name: str, messaging: Messaging, event_queues: Sequence[str]
    ) -> None:
        self.arena, self.name, self.messaging = arena, name, messaging
        self._event_queues = event_queues
        taken = [event_queue(name, each) for each in event_queues] or [task_queue(name)]
        self.queues = queues(arena.servers.broker.url, PREFIX, taken)
        self.amqp_url = arena.servers.broker.url
        self.workers: list[Worker] = []
        self.faults = 0
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._started = time.monotonic()

    @property
    def done(self) -> int:
        """How many have taken effect."""
        return len(set(self.arena.effects.by_run[self.name].values()))

    def notes(self, kind: str) -> Path:
        """Return the file in which processes note what they do."""
        return self.arena.servers.folder / f"{self.name}.{kind}"

    def executions(self) -> list[tuple[str, int, int]]:
        """Return key, attempt and process of every execution so far."""
        path = self.notes("executions")
        lines = path.read_text().splitlines() if path.exists() else []
        return [(key, int(n), int(pid)) for key, n, pid in map(str.split, lines)]

    async def start(self) -> None:
        """Start a worker and wait until it consumes."""
        self.workers.append(
            await start_worker(self.arena, self.name, self.amqp_url, self._event_queues)
        )

    async def send(self, numbers: Iterable[int], act: str = DO) -> None:
        """Send tasks, each until the broker has it, as a client with idempotency keys does."""
        task = order_task(self.name)
        await asyncio.gather(*(self._enqueue(task, Order(number=n, act=act)) for n in numbers))

    async def _enqueue(self, task: Task[Order], order: Order) -> None:
        async with self._room:
            while True:
                try:
                    await self.messaging.tasks.enqueue(
                        task, order, idempotency_key=f"{self.name}-{order.number}"
                    )
                except UnavailableError:
                    await asyncio.sleep(0.1)
                else:
                    return

    async def until(self, done: int) -> None:
        """Wait until so many have taken effect."""

        async def enough() -> bool:
            return self.done >= done

        await wait_until(
            enough, timeout_seconds=_LIMIT_SECONDS, what=f"{done} done ({self.done} are)"
        )

    async def points(self, count: int, total: int) -> AsyncIterator[int]:
        """Yield at so many random points of the way to `total`, first to last."""
        for point in sorted(random.sample(range(total // 10, total * 9 // 10), count)):
            await self.until(point)
            self.faults += 1
            yield point

    async def finish(self, name: str, sent: int, dead: int = 0) -> Figures:
        """Wait until nothing is left, stop the workers and count."""
        await self.until(sent - dead)
        await self.queues.wait_until_empty()
        codes = [await worker.terminate() for worker in self.workers]
        assert set(codes) <= {0}, (codes, self.workers[0].log.read_text()[-3000:])
        assert await self.queues.ready() == 0, "messages came back when the workers stopped"
        return await self._figures(name, sent)

    async def _figures(self, name: str, sent: int) -> Figures:
        buried = Counter(await self.queues.dead_reasons())
        attempts = [(key, attempt) for key, attempt, _ in self.executions()]
        return Figures(
            name=name,
            sent=sent,
            done=self.done,
            twice=repeated(self.arena.effects.by_run[self.name].values()),
            lost=sent - self.done - buried.total(),
            again=repeated(attempts),
            retried=sum(attempt > 1 for _, attempt in attempts),
            faults=self.faults,
            seconds=time.monotonic() - self._started,
            dead=dict(buried),
        )


@asynccontextmanager
async def run(arena: Arena, name: str, event_queues: Sequence[str] = ()) -> AsyncIterator[Run]:
    """Open the sender's side; what is left of the workers at the end is killed."""
    settings = TaskSettings(
        service_name="sender",
        amqp_url=SecretStr(arena.servers.broker.url),
        redis_url=SecretStr(arena.servers.redis.url),
        messaging_prefix=PREFIX,
    )
    given: dict[type, Any] = {TaskSettings: settings, CollectorRegistry: CollectorRegistry()}
    lifecycle = Lifecycle(messaging_resources(TaskSettings), given)
    async with lifecycle as resources:
        running = Run(arena, name, resources.get(Messaging), event_queues)
        try:
            yield running
        finally:
            for worker in running.workers:
                await worker.kill()
