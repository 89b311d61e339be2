"""Records what a service sends: the tasks that its rules give, the events on its broker."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

from aio_pika import connect
from pydantic import BaseModel

from shared.errors import ConflictError
from shared.messaging.publishing.tasks import task_id
from shared.messaging.topology import Names
from shared.testing.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import timedelta

    from aio_pika.abc import AbstractIncomingMessage

    from shared.messaging.contract import Task
    from shared.messaging.settings import BrokerSettings

P = TypeVar("P", bound=BaseModel)

EVERYTHING = "#"


@dataclass(frozen=True, kw_only=True)
class RecordedEvent:
    """An event as it came."""

    id: str
    type: str
    correlation_id: str
    data: dict[str, Any]


class EventRecorder:
    """What was published meanwhile, in the order in which it came."""

    def __init__(self) -> None:
        self.messages: list[RecordedEvent] = []

    async def record(self, message: AbstractIncomingMessage) -> None:
        """Keep an event and have the broker forget it."""
        self.messages.append(
            RecordedEvent(
                id=message.message_id or "",
                type=message.routing_key or "",
                correlation_id=message.correlation_id or "",
                data=json.loads(message.body)["data"],
            )
        )
        await message.ack()

    async def wait_for(self, count: int, *, timeout_seconds: float = 10) -> list[RecordedEvent]:
        """Return the events once there are so many; TimeoutError names what came instead."""

        async def enough() -> bool:
            return len(self.messages) >= count

        what = f"recording {count} events"
        try:
            await wait_until(enough, timeout_seconds=timeout_seconds, what=what)
        except TimeoutError as error:
            came = ", ".join(message.type for message in self.messages) or "nothing"
            message = f"{error}; recorded: {came}"
            raise TimeoutError(message) from None
        return self.messages


@asynccontextmanager
async def record_events(settings: BrokerSettings, *types: str) -> AsyncIterator[EventRecorder]:
    """Record every event from now on, or those of some types, by a queue that ends with the block.

    `file.*` is any type that begins so.
    """
    recorder = EventRecorder()
    async with await connect(settings.amqp_url.get_secret_value()) as connection:
        channel = await connection.channel()
        name = Names(settings.messaging_prefix).events
        exchange = await channel.declare_exchange(name, "topic", durable=True)
        queue = await channel.declare_queue(exclusive=True)
        for each in types or (EVERYTHING,):
            await queue.bind(exchange, each)
        await queue.consume(recorder.record)
        yield recorder


@dataclass(frozen=True, kw_only=True)
class SentTask:
    """A task that was given."""

    id: str
    task: Task[Any]
    payload: BaseModel
    delay: timedelta | None


@dataclass
class SentTasks:
    """A `TaskSender` that keeps what it is given; keys count as they do in earnest."""

    tasks: list[SentTask] = field(default_factory=list)

    async def enqueue(
        self,
        task: Task[P],
        payload: P,
        delay: timedelta | None = None,
        idempotency_key: str | None = None,
    ) -> str:
        """Keep it, unless its key was used before; raises ConflictError as the real one does."""
        given = SentTask(id=task_id(task, idempotency_key), task=task, payload=payload, delay=delay)
        before = next((each for each in self.tasks if each.id == given.id), None)
        if before is None:
            self.tasks.append(given)
        elif before.payload != payload:
            message = "this idempotency key was used with another payload"
            raise ConflictError(message, code="idempotency-key-reused")
        return given.id

    def payloads(self, task: Task[P]) -> list[P]:
        """Return what was given for this task, in order."""
        return [cast("P", each.payload) for each in self.tasks if each.task.name == task.name]
