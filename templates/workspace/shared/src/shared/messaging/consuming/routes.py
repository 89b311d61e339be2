"""Which handler a message is for, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from time import time
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from shared.correlation import accepted_request_id
from shared.errors import CompositionError
from shared.messaging import headers
from shared.messaging.consuming.handlers import (
    EventHandler,
    MessageConsumer,
    MessageContext,
    TaskHandler,
)
from shared.messaging.contract import Envelope
from shared.messaging.status import ClaimKey
from shared.messaging.topology import UNIT_SECONDS, event_queue, task_queue

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from shared.messaging.contract import RetryPolicy
    from shared.messaging.messages import Incoming


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """How the messages of one name are read and handled."""

    name: str
    read: Callable[[bytes], object]
    handle: Callable[..., Awaitable[object]]
    retries: RetryPolicy
    seconds: float
    give_up: Callable[..., Awaitable[None]] | None = None
    tracked: bool = True


@dataclass(frozen=True, kw_only=True)
class Routes:
    """All routes of one queue; `header` is the one that has the name."""

    queue: str
    header: str
    by_name: dict[str, Route]

    @property
    def is_events(self) -> bool:
        """Say whether the queue is one of events."""
        return self.header == headers.EVENT

    def claim_key(self, message_id: str, name: str) -> ClaimKey:
        """Return what is claimed to handle a message of this queue."""
        return ClaimKey(id=message_id, name=name, queue=self.queue, is_event=self.is_events)


def build_routes(consumer: MessageConsumer, service: str) -> Routes:
    """Return the routes of a consumer; raises CompositionError when its handlers do not fit."""
    tasks = [_task(each) for each in consumer.handlers if isinstance(each, TaskHandler)]
    events = [_event(each) for each in consumer.handlers if isinstance(each, EventHandler)]
    routes = tasks or events
    if not routes or (tasks and events):
        message = f"the consumer of {consumer.queue} needs handlers, of tasks or of events only"
        raise CompositionError(message)
    by_name = {route.name: route for route in routes}
    if len(by_name) < len(routes):
        message = f"the consumer of {consumer.queue} has two handlers for the same name"
        raise CompositionError(message)
    for each in consumer.handlers:
        if isinstance(each, TaskHandler) and each.task.queue != consumer.queue:
            message = f"{each.task.name} goes to {each.task.queue}, not to {consumer.queue}"
            raise CompositionError(message)
    if tasks:
        return Routes(queue=task_queue(consumer.queue), header=headers.TASK, by_name=by_name)
    return Routes(queue=event_queue(service, consumer.queue), header=headers.EVENT, by_name=by_name)


def _task(handler: TaskHandler[Any]) -> Route:
    task = handler.task
    return Route(
        name=task.name,
        read=task.payload.model_validate_json,
        handle=handler.handle,
        give_up=handler.give_up,
        retries=task.retries,
        seconds=task.limits.seconds,
        tracked=task.track,
    )


def _event(handler: EventHandler[Any]) -> Route:
    envelope = cast("type[Envelope[Any]]", Envelope.__class_getitem__(handler.event))

    def read(body: bytes) -> object:
        return envelope.model_validate_json(body).data

    return Route(
        name=handler.event.type,
        read=read,
        handle=handler.handle,
        retries=handler.retries,
        seconds=handler.seconds,
    )


UNKNOWN_TASK, UNKNOWN_EVENT = "unknown-task", "unknown-event"
INVALID_JSON, INVALID_PAYLOAD = "invalid-json", "invalid-payload"
UNKNOWN_VALUE = "unknown-value"
# What pydantic says of a value that an enumeration does not have.
_VALUE_ERRORS = frozenset({"enum", "literal_error", "union_tag_invalid"})


class PoisonError(Exception):
    """The message cannot be handled, for this reason."""

    def __init__(self, reason: str, why: str) -> None:
        super().__init__(why)
        self.reason = reason


class NotYetKnownError(PoisonError):
    """A replica of a newer version may know what this is."""


@dataclass(kw_only=True, slots=True)
class Job:
    """A message that could be read; it has a claim key and a token once it is claimed."""

    message: Incoming
    route: Route
    payload: object
    context: MessageContext
    claim_key: ClaimKey | None = None
    token: str = ""


def read(message: Incoming, routes: Routes) -> Job:
    """Return what is to be done for a message; raises PoisonError."""
    carried = message.headers
    name = carried.get(routes.header)
    reason = UNKNOWN_EVENT if routes.is_events else UNKNOWN_TASK
    if not isinstance(name, str):
        raise PoisonError(reason, f"the message has no header {routes.header}")
    route = routes.by_name.get(name)
    if route is None:
        raise NotYetKnownError(reason, f"nobody handles {name!r} here")
    if not message.message_id:
        raise PoisonError(INVALID_PAYLOAD, "the message has no id")
    try:
        payload = route.read(message.body)
    except ValidationError as error:
        raise _to_poison_error(error) from None
    context = MessageContext(
        id=message.message_id,
        name=route.name,
        attempt=attempt_of(message),
        correlation_id=accepted_request_id(message.correlation_id),
        enqueued_at=message.timestamp,
    )
    return Job(message=message, route=route, payload=payload, context=context)


def seconds_left(message: Incoming) -> float:
    """Return how long a message has still to wait that is due later than the longest wait."""
    due = message.headers.get(headers.DUE)
    left = due / 1000 - time() if isinstance(due, int) else 0.0
    return left if left > UNIT_SECONDS else 0.0


def attempt_of(message: Incoming) -> int:
    """Return which attempt this is, 1 for a message that does not say."""
    attempt = message.headers.get(headers.ATTEMPT)
    return attempt if isinstance(attempt, int) and attempt > 0 else 1


def _to_poison_error(error: ValidationError) -> PoisonError:
    # The input stays out: it is what people wrote, and headers are for everybody to see.
    findings = error.errors(include_url=False, include_input=False, include_context=False)
    texts = (f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}" for each in findings)
    text, kinds = "; ".join(texts), {str(finding["type"]) for finding in findings}
    if kinds <= _VALUE_ERRORS:
        return NotYetKnownError(UNKNOWN_VALUE, text)
    return PoisonError(INVALID_JSON if "json_invalid" in kinds else INVALID_PAYLOAD, text)
