"""A task is done by whoever consumes its queue, once, and nothing of it is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.messages import Note, RecordingHandler, note_task

if TYPE_CHECKING:
    from tests.support.sides import Side


async def test_a_task_reaches_its_handler_with_what_belongs_to_it(one: Side, queue: str) -> None:
    recording, task = RecordingHandler(), note_task(queue)
    await one.consume_notes(recording, task)

    task_id = await one.messaging.tasks.enqueue(task, Note(text="a"))

    await recording.reach(1)
    [(text, work)] = recording.calls
    assert (text, work.id, work.key) == ("a", task_id, task_id)
    assert (work.name, work.attempt) == ("note", 1)
    await one.hold(f"tasks.{queue}", 0)


async def test_the_status_of_a_task_keeps_whose_it_is(one: Side, queue: str) -> None:
    task, tasks = note_task(queue), one.messaging.tasks
    await one.consume_notes(RecordingHandler(), task)

    owned = await tasks.enqueue(task, Note(text="a"), owner="user:1")
    nobodys = await tasks.enqueue(task, Note(text="b"))
    await one.hold(f"tasks.{queue}", 0)
    await one.consuming.close()

    found = [await one.messaging.status.get(each) for each in (owned, nobodys)]
    assert [each and each.owner for each in found] == ["user:1", ""]


async def test_a_batch_is_confirmed_and_done_as_a_whole(one: Side, queue: str) -> None:
    recording, task = RecordingHandler(), note_task(queue, track=False)
    await one.consume_notes(recording, task)

    ids = await one.messaging.tasks.enqueue_many(task, [Note(text=f"{n}") for n in range(700)])

    await recording.reach(700)
    assert sorted(work.id for _, work in recording.calls) == sorted(ids)
    assert sorted(map(int, recording.texts)) == list(range(700))
