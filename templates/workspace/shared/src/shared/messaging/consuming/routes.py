"""Prepares handlers so that little is left to do for each message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from shared.errors import CompositionError
from shared.messaging import headers
from shared.messaging.consuming.handlers import Consumer, EventHandler, TaskHandler
from shared.messaging.contract import Envelope
from shared.messaging.topology import event_queue, task_queue

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from shared.messaging.contract import Retries


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """How the messages of one name are read and handled."""

    name: str
    read: Callable[[bytes], object]
    handle: Callable[..., Awaitable[object]]
    retries: Retries
    seconds: float
    give_up: Callable[..., Awaitable[None]] | None = None
    tracked: bool = True
    keeps_result: bool = False


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


def routes_of(consumer: Consumer, service: str) -> Routes:
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
        keeps_result=task.track,
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
