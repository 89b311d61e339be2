"""A dead letter has what was sent, and why it could not be handled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.messaging.errors import PermanentError, RetryLaterError
from shared.messaging.status import State
from tests.support.messages import Note, RecordingHandler, new_queue, note_task

if TYPE_CHECKING:
    from shared.messaging.consuming import MessageContext
    from tests.support.dead_letters import Raw
    from tests.support.sides import Side

GIVEN_UP = [
    (LookupError("lost\nfor ever"), "retries-exhausted", 3),
    (RetryLaterError(0, "later"), "retries-exhausted", 3),
    (PermanentError("no such file"), "permanent", 1),
]
UNREADABLE = [
    (b"{", "note", "invalid-json: body: Invalid JSON"),
    (b"{}", "note", "invalid-payload: text: Field required"),
    (b'{"text": 5}', "note", "invalid-payload: text: Input should be"),
    (b"{}", "other", "unknown-task: nobody handles 'other' here"),
]


@pytest.mark.parametrize("given_up", GIVEN_UP)
async def test_what_has_failed_for_good_is_a_dead_letter(
    one: Side, queue: str, raw: Raw, given_up: tuple[Exception, str, int]
) -> None:
    error, reason, calls = given_up

    async def fail(_: str, __: MessageContext) -> None:
        raise error

    recording, task = RecordingHandler(fail), note_task(queue)
    await one.consume_notes(recording, task)

    task_id = await one.messaging.tasks.enqueue(task, Note(text="a"))

    dead = await raw.take(f"tasks.{queue}.dead")
    assert len(recording.calls) == calls
    assert (dead.message_id, dead.body) == (task_id, b'{"text":"a"}')
    text = str(error).replace("\n", " ")
    assert dead.headers["x-reason"] == reason
    assert dead.headers["x-error"] == f"{type(error).__name__}: {text}"
    assert dead.headers["x-queue"] == f"tasks.{queue}"
    assert (dead.headers["x-task"], dead.headers["x-attempt"]) == ("note", calls)
    assert "x-died-at" in dead.headers
    await one.hold(f"tasks.{queue}", 0)
    status = await one.messaging.status.get(task_id)
    assert status is not None
    assert (status.state, status.reason) == (State.FAILED, reason)


@pytest.mark.parametrize(("body", "name", "why"), UNREADABLE)
async def test_what_nobody_can_read_is_a_dead_letter_without_a_retry(
    one: Side, raw: Raw, body: bytes, name: str, why: str
) -> None:
    recording, task = RecordingHandler(), note_task(new_queue())
    await one.consume_notes(recording, task)

    await raw.put(f"tasks.{task.queue}", body, x_task=name)

    dead = await raw.take(f"tasks.{task.queue}.dead")
    reason, _, error = why.partition(": ")
    assert (dead.body, dead.headers["x-reason"], recording.calls) == (body, reason, [])
    assert error in str(dead.headers["x-error"])
    await one.hold(f"tasks.{task.queue}", 0)


async def test_what_has_no_name_is_a_dead_letter(one: Side, queue: str, raw: Raw) -> None:
    await one.consume_notes(RecordingHandler(), note_task(queue))

    await raw.put(f"tasks.{queue}", b"{}")

    nameless = await raw.take(f"tasks.{queue}.dead")
    assert nameless.headers["x-reason"] == "unknown-task"
