"""A broker's side under test: consumers that note what they get, and what is sent to them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from pydantic import BaseModel

from shared.messaging.consuming import EventHandler, MessageConsumer
from shared.messaging.contract import EventData, RetryPolicy, Task, TaskLimits
from shared.testing import wait_until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from shared.lifecycle import Resources
    from shared.messaging.consuming import MessageContext

AT_ONCE = RetryPolicy(attempts=3, first_seconds=0.1, factor=1.0, jitter=0.0)


class Note(BaseModel):
    text: str


class NoteTaken(EventData):
    type: ClassVar[str] = "note.taken"
    text: str


def note_task(queue: str, *, seconds: float = 10, track: bool = True) -> Task[Note]:
    limits = TaskLimits(seconds=seconds, payload_bytes=200)
    return Task(name="note", queue=queue, payload=Note, retries=AT_ONCE, limits=limits, track=track)


@dataclass
class RecordingHandler:
    """Records each call, then does what the test wants."""

    then: Callable[[str, MessageContext], Awaitable[object]] | None = None
    calls: list[tuple[str, MessageContext]] = field(default_factory=list)

    async def handle(self, payload: Note | NoteTaken, work: MessageContext, _: Resources) -> None:
        self.calls.append((payload.text, work))
        if self.then is not None:
            await self.then(payload.text, work)

    @property
    def texts(self) -> list[str]:
        return [text for text, _ in self.calls]

    async def reach(self, count: int) -> None:
        async def reached() -> bool:
            return len(self.calls) >= count

        await wait_until(reached, what=f"call {count}")


_made: list[str] = []


def new_queue() -> str:
    _made.append(f"q{uuid4().hex[:8]}")
    return _made[-1]


def made_queues() -> list[str]:
    kinds = (f"{kind}.{queue}" for queue in _made for kind in ("tasks", "events.tested"))
    return [name for kind in kinds for name in (kind, f"{kind}.dead")]


async def blocked() -> None:
    await asyncio.Event().wait()


def note_taken_consumer(queue: str, recording: RecordingHandler) -> MessageConsumer:
    handler = EventHandler(event=NoteTaken, handle=recording.handle, retries=AT_ONCE)
    return MessageConsumer(queue=queue, handlers=(handler,))
