"""Who says when to come back is not asked before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shared.errors import UnavailableError
from shared.messaging.consuming.failures import seconds_to_wait, told
from shared.messaging.contract import Retries
from shared.messaging.errors import RetryLaterError
from tests.support.messages import Note, Notes, note_task

if TYPE_CHECKING:
    from shared.messaging.consuming import Work
    from tests.support.sides import Side


async def test_a_provider_that_says_when_to_come_back_is_not_asked_before(
    one: Side, queue: str
) -> None:
    async def refuse(text: str, work: Work) -> None:
        if text == "a" and work.attempt == 1:
            raise UnavailableError("busy", retry_after=0.5)

    notes, task = Notes(refuse), note_task(queue)
    await one.note(notes, task)

    await one.messaging.tasks.enqueue(task, Note(text="a"))
    await notes.reach(1)
    [*_] = await one.messaging.tasks.enqueue_many(task, [Note(text="b")])

    await notes.reach(3)
    assert notes.texts == ["a", "b", "a"]


async def test_a_message_may_go_through_the_same_waiting_queues_again(
    one: Side, queue: str
) -> None:
    async def fail(_: str, __: Work) -> None:
        raise LookupError("not yet")

    # Two of the waiting queues, each of them twice.
    retries = Retries(attempts=3, first_seconds=0.3, factor=1, jitter=0)
    notes, task = Notes(fail), replace(note_task(queue), retries=retries)
    await one.note(notes, task)

    await one.messaging.tasks.enqueue(task, Note(text="a"))

    await notes.reach(3)


def test_the_wait_is_what_was_asked_for_or_longer() -> None:
    retries = Retries(first_seconds=10, jitter=0)

    assert seconds_to_wait(RetryLaterError(3), 1, retries) == 3
    assert seconds_to_wait(RetryLaterError(-3), 1, retries) == 0
    assert seconds_to_wait(UnavailableError("busy", retry_after=30), 1, retries) == 30
    assert seconds_to_wait(UnavailableError("busy", retry_after=3), 1, retries) == 10
    assert seconds_to_wait(LookupError(), 2, retries) == 20


def test_an_error_is_told_on_one_short_line() -> None:
    assert told(LookupError()) == "LookupError"
    assert len(told(LookupError("long\n" * 1000))) == 500
