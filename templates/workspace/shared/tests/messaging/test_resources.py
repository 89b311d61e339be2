"""A service consumes and sends for as long as its resources are open, on broker and store."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry

from shared.lifecycle import OK, Lifecycle
from shared.messaging.consuming import Consumer, TaskHandler, consuming_resource
from shared.messaging.publishing import (
    MESSAGING_METRICS,
    Events,
    Messaging,
    events_resource,
    messaging_resource,
)
from shared.messaging.settings import BrokerSettings, TaskSettings
from shared.testing import wait_until
from tests.support.messages import Note, Notes, Told, note_task

if TYPE_CHECKING:
    from shared.messaging.consuming import Work
    from shared.messaging.contract import Task


async def test_a_service_consumes_until_it_is_told_to_stop(tasks: TaskSettings, queue: str) -> None:
    async def wait(_: str, __: Work) -> None:
        await released.wait()

    notes, task, released = Notes(wait), note_task(queue), asyncio.Event()
    registry = CollectorRegistry()
    lifecycle = serving(tasks, registry, notes, task)

    async with lifecycle as opened:
        messaging = opened.get(Messaging)
        assert await lifecycle.check(5) == {"Messaging": OK, "Consuming": OK}
        await messaging.tasks.enqueue(task, Note(text="a"))
        await notes.reach(1)
        assert registry.get_sample_value("messaging_in_hand", {"queue": f"tasks.{queue}"}) == 1

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
    settings: TaskSettings, registry: CollectorRegistry, notes: Notes, task: Task[Note]
) -> Lifecycle:
    handler = TaskHandler(task=task, handle=notes.handle)
    consumer = Consumer(queue=task.queue, handlers=(handler,))
    consuming = consuming_resource([consumer], TaskSettings, requires=(Messaging,))
    resources = (consuming, MESSAGING_METRICS, messaging_resource(TaskSettings))
    return Lifecycle(resources, {TaskSettings: settings, CollectorRegistry: registry})


async def has_counted(messaging: Messaging, queue: str, count: int) -> bool:
    return (await messaging.stats.read([queue]))[queue].processed == count


async def test_events_alone_need_no_store(tasks: TaskSettings) -> None:
    given = {BrokerSettings: tasks, CollectorRegistry: CollectorRegistry()}
    lifecycle = Lifecycle([MESSAGING_METRICS, events_resource(BrokerSettings)], given)

    async with lifecycle as opened:
        assert await lifecycle.check(5) == {"Events": OK}
        await opened.get(Events).publish(Told(text="nobody listens"))


def test_two_features_may_name_the_same_resource() -> None:
    assert messaging_resource(TaskSettings) == messaging_resource(TaskSettings)
    assert events_resource(BrokerSettings) != events_resource(BrokerSettings, optional=True)
    assert events_resource(BrokerSettings, optional=True).ping is None
