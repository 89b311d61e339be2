"""A service consumes and sends for as long as its resources are open, on broker and store."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING
from unittest.mock import patch

from aio_pika import RobustConnection
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from shared.lifecycle import OK, Lifecycle
from shared.messaging.consuming import MessageConsumer, TaskHandler, consuming_resources
from shared.messaging.publishing import (
    Events,
    Messaging,
    events_resources,
    messaging_resources,
)
from shared.messaging.schedule import Schedule, scheduler_resources
from shared.messaging.settings import BrokerSettings, TaskSettings
from shared.messaging.store import redis_store
from shared.testing import wait_until
from tests.support.messages import Note, NoteTaken, RecordingHandler, note_task

if TYPE_CHECKING:
    from shared.messaging.consuming import MessageContext
    from shared.messaging.contract import Task


async def test_a_service_consumes_until_it_is_told_to_stop(tasks: TaskSettings, queue: str) -> None:
    async def wait(_: str, __: MessageContext) -> None:
        await released.wait()

    recording, task, released = RecordingHandler(wait), note_task(queue), asyncio.Event()
    registry = CollectorRegistry()
    lifecycle = serving(tasks, registry, recording, task)

    async with lifecycle as opened:
        messaging = opened.get(Messaging)
        assert await lifecycle.check(5) == {"Messaging": OK, "Consuming": OK}
        await messaging.tasks.enqueue(task, Note(text="a"))
        await recording.reach(1)
        assert registry.get_sample_value("messaging_in_flight", {"queue": f"tasks.{queue}"}) == 1

        lifecycle.start_draining()
        await messaging.tasks.enqueue(task, Note(text="b"))
        released.set()
        await wait_until(partial(has_counted, messaging, queue, 1), what="the first task")
        stats = (await messaging.stats.read([queue]))[queue]

    assert (stats.ready, stats.dead, stats.processed, stats.in_flight) == (1, 0, 1, 0)
    counted = {"queue": f"tasks.{queue}", "name": "note", "outcome": "done"}
    assert registry.get_sample_value("messaging_handling_seconds_count", counted) == 1
    sent = {"kind": "task", "name": "note"}
    assert registry.get_sample_value("messaging_published_total", sent) == 2


def serving(
    settings: TaskSettings,
    registry: CollectorRegistry,
    recording: RecordingHandler,
    task: Task[Note],
) -> Lifecycle:
    handler = TaskHandler(task=task, handle=recording.handle)
    consumer = MessageConsumer(queue=task.queue, handlers=(handler,))
    consuming = consuming_resources([consumer], TaskSettings, requires=(Messaging,))
    resources = (*consuming, *messaging_resources(TaskSettings))
    return Lifecycle(resources, {TaskSettings: settings, CollectorRegistry: registry})


async def test_a_process_has_two_connections_to_the_broker_and_one_store(
    tasks: TaskSettings, queue: str
) -> None:
    recording, task = RecordingHandler(), note_task(queue)
    schedule = Schedule(name=queue, cron="0 0 1 1 *", task=task, payload=Note(text="a"))
    consumer = MessageConsumer(
        queue=queue, handlers=(TaskHandler(task=task, handle=recording.handle),)
    )
    resources = (
        *consuming_resources([consumer], TaskSettings),
        *messaging_resources(TaskSettings),
        *scheduler_resources([schedule], TaskSettings),
    )
    given = {TaskSettings: tasks, CollectorRegistry: CollectorRegistry()}

    connects = patch.object(
        RobustConnection, "connect", autospec=True, side_effect=RobustConnection.connect
    )
    with connects as connecting, patch.object(redis_store, "Redis", wraps=Redis) as clients:
        async with Lifecycle(resources, given):
            assert (connecting.call_count, clients.from_pool.call_count) == (2, 1)


async def has_counted(messaging: Messaging, queue: str, count: int) -> bool:
    return (await messaging.stats.read([queue]))[queue].processed == count


async def test_events_alone_need_no_store(tasks: TaskSettings) -> None:
    given = {BrokerSettings: tasks, CollectorRegistry: CollectorRegistry()}
    lifecycle = Lifecycle(events_resources(BrokerSettings), given)

    async with lifecycle as opened:
        assert await lifecycle.check(5) == {"Events": OK}
        await opened.get(Events).publish(NoteTaken(text="nobody listens"))


def test_two_features_may_name_the_same_resource() -> None:
    assert messaging_resources(TaskSettings) == messaging_resources(TaskSettings)
    assert events_resources(BrokerSettings) != events_resources(BrokerSettings, optional=True)
    assert all(part.ping is None for part in events_resources(BrokerSettings, optional=True))
