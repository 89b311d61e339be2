"""What nobody declares any more is shown and removed, and nothing else is."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

import pytest
import structlog
from aio_pika import Message

from shared.messaging.broker import open_broker
from shared.messaging.commands import dlq
from shared.messaging.commands import topology as command
from shared.messaging.consuming import EventHandler, MessageConsumer, TaskHandler
from shared.messaging.contract import EventData
from shared.messaging.leftovers import Topology, declared_by
from shared.messaging.settings import ConsumerSettings
from tests.support.commands import Given, invoke
from tests.support.dead_letters import raw_broker, remove_all
from tests.support.messages import AT_ONCE, NoteTaken, RecordingHandler, note_task
from tests.support.sides import side

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.messaging.settings import TaskSettings
    from tests.support.dead_letters import Raw


SOON = timedelta(seconds=0.1)


class Gone(EventData):
    type: ClassVar[str] = "note.gone"
    text: str


def events(queue: str, *types: type[EventData]) -> MessageConsumer:
    handle: Any = RecordingHandler().handle
    handlers = tuple(EventHandler(event=each, handle=handle, retries=AT_ONCE) for each in types)
    return MessageConsumer(queue=queue, handlers=handlers)


def tasks_of(queue: str) -> MessageConsumer:
    return MessageConsumer(
        queue=queue,
        handlers=(TaskHandler(task=note_task(queue), handle=RecordingHandler().handle),),
    )


@pytest.fixture
async def alone(tasks: TaskSettings) -> AsyncIterator[TaskSettings]:
    """Yield settings of a service that has declared nothing yet."""
    settings = tasks.model_copy(update={"messaging_prefix": f"test-{uuid4().hex[:8]}."})
    yield settings
    queues = ("tasks.old", "tasks.new", "events.tested.old", "events.tested.news")
    await remove_all(settings, [name for each in queues for name in (each, f"{each}.dead")])


async def deploy(settings: TaskSettings, *consumers: MessageConsumer) -> None:
    """Run a version of the service for a moment."""
    async with side(settings) as version:
        await version.consume(*consumers)


def read(settings: TaskSettings, *consumers: MessageConsumer) -> Given:
    return Given(settings_class=type(settings), consumers=consumers, given=settings)


@pytest.fixture
async def renewed(alone: TaskSettings) -> Given:
    """Return a service of which an older version has declared more."""
    await deploy(alone, tasks_of("old"), events("news", NoteTaken, Gone))
    now = read(alone, tasks_of("new"), events("news", NoteTaken))
    await deploy(alone, *now.consumers)
    return now


async def test_what_an_older_version_declared_is_shown(renewed: Given) -> None:
    code, out, err = await invoke(command, renewed, "show", "--json")
    assert (code, err) == (0, "")
    states = {each["queue"]: each for each in json.loads(out)["queues"]}
    assert {name: each["declared"] for name, each in states.items()} == {
        "events.tested.news": True,
        "tasks.new": True,
        "tasks.old": False,
    }
    assert states["events.tested.news"]["leftover_events"] == ["note.gone"]
    out = (await invoke(command, renewed, "show"))[1]
    assert out.split()[:4] == ["QUEUE", "STATE", "READY", "CONSUMERS"]
    assert "note.taken, note.gone (left over)" in out


async def test_what_is_left_over_is_removed_when_told_so(renewed: Given) -> None:
    code, out, err = await invoke(command, renewed, "prune")
    assert (code, err) == (0, "nothing was done: add --yes to do it\n")
    assert out.splitlines() == [
        "events.tested.news: the binding to note.gone would be removed",
        "tasks.old would be removed",
        "tasks.old.dead would be removed",
    ]
    code, out, err = await invoke(command, renewed, "prune", "--yes")
    assert (code, err) == (0, "")
    assert out.count(" is removed\n") == 3
    assert (await invoke(command, renewed, "prune", "--yes"))[1] == "nothing is left over\n"
    async with side(renewed.given) as other:
        assert await other.depth("tasks.old") == -1
        await other.messaging.events.publish(Gone(text="a"))
        await other.messaging.events.publish(NoteTaken(text="b"))
        await other.hold("events.tested.news", 1)


async def test_a_queue_with_messages_stays_and_gets_no_more(alone: TaskSettings) -> None:
    await deploy(alone, events("old", NoteTaken))
    async with side(alone) as other:
        await other.messaging.events.publish(NoteTaken(text="a"))
        await other.hold("events.tested.old", 1)
        now = read(alone)

        out = (await invoke(command, now, "prune", "--yes"))[1]
        assert "events.tested.old stays: it has 1 messages" in out
        assert "events.tested.old.dead is removed" in out
        await other.messaging.events.publish(NoteTaken(text="b"))
        assert (await invoke(command, now, "prune", "--yes"))[1] == out.splitlines()[1] + "\n"
        assert await other.depth("events.tested.old") == 1

        assert (await invoke(command, now, "prune", "--yes", "--force"))[0] == 0
        assert await other.depth("events.tested.old") == -1


async def test_what_an_old_replica_still_reads_stays(alone: TaskSettings) -> None:
    async with side(alone) as old:
        await old.consume(events("old", NoteTaken))
        removals = json.loads((await invoke(command, read(alone), "prune", "--force", "--json"))[1])
        kept = {each["kept"] for each in removals["removals"]}
        assert kept == {"is read by 1 consumers"}
        await invoke(command, read(alone), "prune", "--force", "--yes")
        assert await old.depth("events.tested.old") == 0


async def test_what_replicas_declare_at_the_same_time_is_all_remembered(
    alone: TaskSettings, raw: Raw
) -> None:
    async def remember(queue: str) -> None:
        async with open_broker(alone) as broker:
            declared = declared_by([tasks_of(queue)], "tested")
            given = Topology(broker=broker, names=alone.names, service="tested", declared=declared)
            await asyncio.gather(*(given.remember() for _ in range(3)))

    await asyncio.gather(remember("old"), remember("new"))
    name = alone.names.of("topology.tested")
    await raw.channel.default_exchange.publish(Message(b"what?"), name)

    async with open_broker(alone) as broker:
        given = Topology(broker=broker, names=alone.names, service="tested", declared={})
        assert [each.queue for each in await given.read()] == ["tasks.new", "tasks.old"]
        await given.remember()
        assert await given.prune() == []
        # One message is left, and it knows that nothing is.
        found = await raw.channel.declare_queue(name, passive=True)
        assert found.declaration_result.message_count == 1
        assert await given.read() == []


async def test_what_waited_for_a_queue_that_is_gone_holds_nobody_back(
    alone: TaskSettings,
) -> None:
    await deploy(alone, tasks_of("old"), tasks_of("new"))
    async with side(alone) as sender:
        task, other = note_task("old", track=False), note_task("new", track=False)
        payload = task.payload(text="a")
        await invoke(command, read(alone, tasks_of("new")), "prune", "--yes")
        # As one that has sent to the queue while it was there.
        sender.broker._link.known_queues.add("tasks.old")
        for _ in range(40):
            await sender.messaging.tasks.enqueue(task, payload, delay=SOON)
        await sender.messaging.tasks.enqueue(other, payload, delay=SOON)
        await sender.hold("tasks.new", 1)
        await sender.hold("delay.unrouted.dead", 40)
        shown = (await invoke(command, read(alone), "show"))[1]
        assert shown.splitlines()[-1].startswith("40 messages waited for queues that are gone")

        # Once the queue is there again, they can be put into it.
        unrouted = ("--queue", "delay.unrouted")
        assert "40 dead letters" in (await invoke(dlq, read(alone), "list", *unrouted))[1]
        await deploy(alone, tasks_of("old"))
        assert (await invoke(dlq, read(alone), "replay", *unrouted, "--yes"))[0] == 0
        await sender.hold("tasks.old", 40)


async def test_dead_letters_have_limits_and_a_queue_keeps_those_it_has(
    alone: TaskSettings,
) -> None:
    given = {"dead_letter_limit": 3, **alone.model_dump(exclude={"dead_letter_limit"})}
    few = ConsumerSettings(**given)
    await deploy(few, tasks_of("new"))
    async with raw_broker(few) as raw, side(few) as sender:
        for number in range(5):
            await raw.put("tasks.new.dead", b"{}", f"m{number}")
        await sender.hold("tasks.new.dead", 3)
        assert (await raw.take("tasks.new.dead")).message_id == "m2"

    with structlog.testing.capture_logs() as logs:
        await deploy(few.model_copy(update={"dead_letter_limit": 4}), tasks_of("new"))
    assert [each["queue"] for each in logs if "keep the limits" in each["event"]] == [
        "tasks.new.dead"
    ]
