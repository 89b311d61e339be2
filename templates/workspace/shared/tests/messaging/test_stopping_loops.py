"""Each loop ends when it is told to, at whatever step that comes.

Redis and RabbitMQ answer, do not answer, or are gone meanwhile.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from anyio import fail_after
from pydantic import SecretStr

from shared.background import BackgroundTask, cancel_all
from shared.errors import UnavailableError
from shared.messaging.broker.connection import BrokerConnection
from shared.messaging.schedule import Schedule, Scheduler
from shared.messaging.schedule import scheduler as scheduler_module
from shared.messaging.store import open_store
from shared.messaging.store.leases import Leases
from shared.testing.proxy import Proxy, broker_proxy, proxy
from shared.testing.waiting import wait_until
from tests.support.messages import Note, RecordingHandler, note_task
from tests.support.sides import side
from tests.support.tasks import claim_keys

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from shared.messaging.consuming import MessageContext
    from shared.messaging.settings import TaskSettings
    from tests.support.sides import Side

STEPS = 300
MANY = 50
# What hangs takes longer; what ends does, however busy the machine is.
STOP_SECONDS = 60.0
STATES = ["up", "frozen", "gone"]


async def bring(between: Proxy, state: str) -> None:
    if state == "frozen":
        between.freeze()
    if state == "gone":
        await between.cut()


async def stop_at_each_step(start: Callable[[], Callable[[], Awaitable[None]]]) -> None:
    """Start, let the event loop turn so many times, stop; the limit fails what does not end."""
    for step in range(STEPS):
        stop = start()
        for _ in range(step):
            await asyncio.sleep(0)
        with fail_after(STOP_SECONDS):
            await stop()


@asynccontextmanager
async def behind_proxy(settings: TaskSettings) -> AsyncIterator[tuple[Proxy, TaskSettings]]:
    url = urlsplit(settings.redis_url.get_secret_value())
    async with proxy(url.hostname or "", url.port or 6379) as between:
        login = f":{url.password}@" if url.password else ""
        moved = url._replace(netloc=f"{login}127.0.0.1:{between.port}").geturl()
        update = {"redis_url": SecretStr(moved), "messaging_prefix": f"{uuid4().hex[:8]}."}
        yield between, settings.model_copy(update=update)


@pytest.mark.parametrize("state", STATES)
async def test_the_renewal_of_claims_ends(tasks: TaskSettings, state: str) -> None:
    async with behind_proxy(tasks) as (between, moved), open_store(moved) as store:
        leases = Leases(store._scripts, lease_seconds=0.001)
        for claim_key in claim_keys(3):
            claim = await store.begin(claim_key, 1)
            leases.add(claim.token, *store.leases._calls[claim.token])
        await bring(between, state)

        await stop_at_each_step(lambda: BackgroundTask(leases.renew_forever).stop)
        between.thaw()


async def test_a_store_that_closes_leaves_no_connection_to_what_nobody_waits_for(
    tasks: TaskSettings,
) -> None:
    async with behind_proxy(tasks) as (between, moved):
        for step in range(MANY):
            async with open_store(moved) as store:
                asked = asyncio.create_task(store.begin(claim_keys(1)[0], 1))
                for _ in range(step):
                    await asyncio.sleep(0)
                await cancel_all([asked])

        async def closed() -> bool:
            return all(writer.transport.is_closing() for writer in between._writers)

        await wait_until(closed, what="the end of all connections")


@pytest.mark.parametrize("state", STATES)
async def test_a_schedule_ends(
    tasks: TaskSettings, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It would first be let finish what it is enqueuing.
    monkeypatch.setattr(scheduler_module, "STOP_SECONDS", 0)
    async with (
        behind_proxy(tasks) as (between, moved),
        broker_proxy(moved) as (broker, both),
        side(both) as one,
    ):
        await one.consume_notes(RecordingHandler(), task := note_task(f"q{uuid4().hex[:8]}"))
        every_minute = Schedule(
            name=uuid4().hex, cron="* * * * *", task=task, payload=Note(text="a"), missed="once"
        )
        await bring(between, state)
        await bring(broker, state)

        def start() -> Callable[[], Awaitable[None]]:
            scheduler = Scheduler((every_minute,), one.messaging, one.store.schedules)
            scheduler.start()
            return scheduler.stop

        await stop_at_each_step(start)
        # What is frozen would be waited for while it is closed.
        between.thaw()
        broker.thaw()


@pytest.mark.parametrize("state", STATES)
async def test_connecting_to_the_broker_ends(tasks: TaskSettings, state: str) -> None:
    async with broker_proxy(tasks) as (between, moved):
        await bring(between, state)

        await stop_at_each_step(lambda: BrokerConnection(moved).close)


@pytest.mark.parametrize("state", STATES)
async def test_handlers_that_ask_redis_end_and_their_tasks_go_back(
    tasks: TaskSettings, one: Side, queue: str, state: str
) -> None:
    hasty = tasks.model_copy(update={"shutdown_grace_seconds": 0})
    async with behind_proxy(tasks) as (between, moved), open_store(moved) as asked:

        async def ask(_: str, __: MessageContext) -> None:
            while True:
                with suppress(UnavailableError):
                    await asked.ping()
                await asyncio.sleep(0)

        recording, task = RecordingHandler(ask), note_task(queue)
        async with side(hasty) as stopped:
            await stopped.consume_notes(recording, task, concurrency=MANY)
            texts = [Note(text=f"{number}") for number in range(MANY)]
            await one.messaging.tasks.enqueue_many(task, texts)
            await recording.reach(MANY)
            await bring(between, state)
            with fail_after(STOP_SECONDS):
                await stopped.consuming.close()
    await one.hold(f"tasks.{queue}", MANY)
