"""What a service says about the messages that it handles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from shared.messaging.contract import EventData, RetryPolicy, Task

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from shared.lifecycle import Resources

P = TypeVar("P", bound=BaseModel)
E = TypeVar("E", bound=EventData)


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageContext:
    """The message that a handler is called for; the first attempt is 1."""

    id: str
    name: str
    attempt: int
    correlation_id: str
    enqueued_at: datetime | None

    @property
    def key(self) -> str:
        """The same in every attempt: pass it on as `Idempotency-Key`."""
        return self.id


@dataclass(frozen=True, kw_only=True)
class TaskHandler(Generic[P]):
    """Does one kind of task; what it returns is the task's result, for who asks for the status.

    It may raise PermanentError and RetryLaterError; any other exception, and taking longer than
    the task's limit, is a failed attempt. `give_up` is called before a task becomes a dead letter,
    with the last error, to record elsewhere that it has failed. It has the task's limit too; while
    it fails the task is tried again, but not more than twice as often as otherwise.
    """

    task: Task[P]
    handle: Callable[[P, MessageContext, Resources], Awaitable[BaseModel | None]]
    give_up: Callable[[P, MessageContext, Resources, Exception], Awaitable[None]] | None = None


@dataclass(frozen=True, kw_only=True)
class EventHandler(Generic[E]):
    """Reacts to one type of event, within `seconds` for each attempt.

    `optional`: it is all right if no service of the workspace publishes it.
    """

    event: type[E]
    handle: Callable[[E, MessageContext, Resources], Awaitable[None]]
    retries: RetryPolicy = field(default_factory=RetryPolicy)
    seconds: float = 60.0
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class MessageConsumer:
    """A queue and who handles what comes from it, `concurrency` messages at once.

    All handlers are of tasks, or all are of events.
    """

    queue: str
    handlers: tuple[TaskHandler[Any] | EventHandler[Any], ...]
    concurrency: int = 10
