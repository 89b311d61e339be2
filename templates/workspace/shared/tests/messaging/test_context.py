"""Request id, trace and cause go along with a message."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from opentelemetry import trace

from shared.correlation import current_request_id, request_scope
from shared.messaging.contract import Envelope
from shared.messaging.errors import PermanentError
from shared.testing import logged
from tests.support.messages import (
    Note,
    NoteTaken,
    RecordingHandler,
    new_queue,
    note_taken_consumer,
    note_task,
)

if TYPE_CHECKING:
    import pytest
    from opentelemetry.sdk.trace import TracerProvider

    from shared.messaging.consuming import MessageContext
    from tests.support.sides import Side


async def test_a_request_id_goes_from_a_request_by_a_task_to_an_event(
    one: Side, queue: str
) -> None:
    made: list[Envelope[object]] = []

    async def tell(_: str, __: MessageContext) -> None:
        made.append(Envelope.of(NoteTaken(text="a"), "tested"))
        await one.messaging.events.relay(made[0])

    async def look(_: str, __: MessageContext) -> None:
        seen.append(current_request_id())

    seen: list[str | None] = []
    telling, received, task = RecordingHandler(tell), RecordingHandler(look), note_task(queue)
    await one.consume_notes(telling, task)
    await one.consume(note_taken_consumer(new_queue(), received))

    with request_scope("asked"):
        task_id = await one.messaging.tasks.enqueue(task, Note(text="a"))

    await received.reach(1)
    assert (seen, made[0].correlation_id) == (["asked"], "asked")
    assert made[0].causation_id == task_id
    assert [work.correlation_id for _, work in telling.calls + received.calls] == ["asked", "asked"]
    assert current_request_id() is None


async def test_a_trace_goes_along_and_is_in_the_log(
    one: Side, queue: str, provider: TracerProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[trace.SpanContext] = []

    async def fail(_: str, __: MessageContext) -> None:
        seen.append(trace.get_current_span().get_span_context())
        raise PermanentError("on purpose")

    recording, task = RecordingHandler(fail), note_task(queue)
    with logged(one.settings):
        await one.consume_notes(recording, task)
        with provider.get_tracer("test").start_as_current_span("request") as span:
            await one.messaging.tasks.enqueue(task, Note(text="a"))
        await one.hold(f"tasks.{queue}.dead", 1)
        # The line comes after the letter.
        await one.consuming.close()

    sent = span.get_span_context()
    assert seen[0].trace_id == sent.trace_id
    assert seen[0].span_id != sent.span_id
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (dead,) = [line for line in lines if line["message"] == "dead letter"]
    assert dead["trace_id"] == trace.format_trace_id(sent.trace_id)
    assert dead["request_id"] == recording.calls[0][1].correlation_id
    assert (dead["message_name"], dead["message_id"]) == ("note", recording.calls[0][1].id)


async def test_an_envelope_made_earlier_is_published_as_it_is(one: Side) -> None:
    recording = RecordingHandler()
    await one.consume(note_taken_consumer(new_queue(), recording))
    with request_scope("earlier"):
        made = Envelope.of(NoteTaken(text="a"), "elsewhere", uuid4())
    stored = made.model_dump_json()
    assert made.time <= datetime.now(UTC)

    with request_scope("later"):
        await one.messaging.events.relay(Envelope.model_validate_json(stored))

    await recording.reach(1)
    [(text, work)] = recording.calls
    assert (text, work.id, work.correlation_id) == ("a", str(made.id), "earlier")
