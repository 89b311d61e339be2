"""Handlers that do not fit together are refused before anything is consumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.errors import CompositionError
from shared.messaging.consuming import EventHandler, MessageConsumer, TaskHandler
from shared.messaging.consuming.routes import build_routes
from tests.support.messages import NoteTaken, RecordingHandler, note_task

if TYPE_CHECKING:
    from tests.support.messages import Note

TASK = TaskHandler(task=note_task("media"), handle=RecordingHandler().handle)
EVENT = EventHandler(event=NoteTaken, handle=RecordingHandler().handle)


@pytest.mark.parametrize(
    ("handlers", "why"),
    [
        ((), "the consumer of media needs handlers, of tasks or of events only"),
        ((TASK, EVENT), "the consumer of media needs handlers, of tasks or of events only"),
        ((TASK, TASK), "the consumer of media has two handlers for the same name"),
        ((EVENT, EVENT), "the consumer of media has two handlers for the same name"),
    ],
)
def test_handlers_that_do_not_fit_are_refused(
    handlers: tuple[TaskHandler[Note] | EventHandler[NoteTaken], ...], why: str
) -> None:
    with pytest.raises(CompositionError, match=why):
        build_routes(MessageConsumer(queue="media", handlers=handlers), "tested")


def test_a_task_of_another_queue_is_refused() -> None:
    with pytest.raises(CompositionError, match="note goes to media, not to mail"):
        build_routes(MessageConsumer(queue="mail", handlers=(TASK,)), "tested")
