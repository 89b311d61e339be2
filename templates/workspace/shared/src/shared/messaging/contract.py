"""What services agree on: the tasks they give each other and the events they publish.

`asyncapi_text` describes those of one service.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from random import SystemRandom
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar, cast
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema

from shared.correlation import current_request_id, new_request_id
from shared.messaging import headers
from shared.messaging.messages import current_message_id
from shared.messaging.topology import Names, event_queue, task_queue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from shared.messaging.consuming import MessageConsumer

P = TypeVar("P", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How often a failed message is tried, the first time included, and the waits between."""

    attempts: int = 5
    first_seconds: float = 1.0
    factor: float = 2.0
    cap_seconds: float = 300.0
    jitter: float = 0.2

    def wait_after(self, attempt: int) -> float:
        """Return the seconds to wait after that attempt (1 is the first) has failed.

        They grow by `factor` up to the cap, and are then spread by `jitter` both ways.
        """
        spread = SystemRandom().uniform(1 - self.jitter, 1 + self.jitter)
        # A float has room for the largest factor only up to some attempt.
        grown = self.first_seconds * self.factor ** min(attempt - 1, 64)
        return min(grown, self.cap_seconds) * spread


@dataclass(frozen=True, kw_only=True)
class TaskLimits:
    """What one attempt may take, in seconds, and how large a payload may be as JSON.

    The broker gives up a consumer that holds a message for 30 minutes, unless it is told otherwise.
    """

    seconds: float = 60.0
    payload_bytes: int = 64 * 1024


# `asyncapi.json` says of what is sent that it has every member, as it does.
_CONFIG = ConfigDict(frozen=True, extra="ignore", json_schema_serialization_defaults_required=True)


class TaskPayload(BaseModel):
    """What a task is about. Derive from it, and give each later field a default.

    Unknown fields are read over: during a deployment, tasks of the newer version come to workers
    of the older one.
    """

    model_config = _CONFIG


@dataclass(frozen=True, kw_only=True)
class Task(Generic[P]):
    """Something to be done once, by whoever consumes the queue.

    `track=False` does without status, claims and idempotency keys: cheaper, and it may then
    happen that the same task runs twice.
    """

    name: str
    queue: str
    payload: type[P]
    retries: RetryPolicy = RetryPolicy()
    limits: TaskLimits = TaskLimits()
    track: bool = True


class EventData(BaseModel):
    """A fact that other services are told; `type` is also the key it is routed by.

    A consumer reads over members that it does not know; give each later one a default.
    """

    model_config = _CONFIG

    type: ClassVar[str]


E = TypeVar("E")


class Envelope(BaseModel, Generic[E]):
    """An event with its id, its time, its source and what it was caused by."""

    model_config = _CONFIG

    id: UUID = Field(default_factory=uuid4)
    type: str
    time: datetime
    source: str
    correlation_id: str
    causation_id: str | None = None
    data: E

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Return the name of its schema in `asyncapi.json`, such as UserCreatedEnvelope."""
        return f"{params[0].__name__}Envelope"

    @classmethod
    def of(cls, event: EventData, source: str, event_id: UUID | None = None) -> Envelope[Any]:
        """Put an event that happens now, for the request being served, into an envelope."""
        return Envelope(
            id=event_id or uuid4(),
            type=event.type,
            time=datetime.now(UTC),
            source=source,
            correlation_id=current_request_id() or new_request_id(),
            causation_id=current_message_id(),
            data=event,
        )


# What is sent has every member; what is taken may lack those that have a default.
_MODES: dict[str, Literal["serialization", "validation"]] = {
    "send": "serialization",
    "receive": "validation",
}


@dataclass(frozen=True, kw_only=True)
class _Message:
    """A message that is sent or received; an event that is sent has no queue yet."""

    action: str
    name: str
    payload: type[BaseModel]
    summary: str
    tags: tuple[str, ...]
    queue: str = ""

    @property
    def channel(self) -> str:
        return self.queue if self.action == "receive" else self.name


def asyncapi_text(
    project: Path,
    *,
    publishes: Iterable[type[EventData]] = (),
    sends: Iterable[Task[Any]] = (),
    consumers: Iterable[MessageConsumer] = (),
) -> str:
    """Return the text of `asyncapi.json`; empty for a service that has no messages.

    Name and version are those of `project`, a pyproject.toml. No setting changes the text: queues
    have the names that they have without MESSAGING_PREFIX.
    """
    about = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    messages = [_event("send", event) for event in dict.fromkeys(publishes)]
    messages += [_task("send", task) for task in dict.fromkeys(sends)]
    messages += [each for one in consumers for each in _received(one, about["name"])]
    schemas: dict[str, Any] = {}
    document: dict[str, Any] = {
        "asyncapi": "3.0.0",
        "info": {"title": about["name"], "version": about["version"]},
        "defaultContentType": "application/json",
        "channels": {},
        "operations": {},
        "components": {"schemas": schemas},
    }
    for action, mode in _MODES.items():
        chosen = [each for each in messages if each.action == action]
        at = f"#/components/schemas/{action}.{{model}}"
        models = [(each.payload, mode) for each in chosen]
        refs, found = models_json_schema(models, ref_template=at)
        schemas |= {f"{action}.{name}": one for name, one in found.get("$defs", {}).items()}
        for each in chosen:
            _add(each, refs[each.payload, mode], document)
    return json.dumps(document, indent=2, sort_keys=True) + "\n" if messages else ""


def _event(action: str, event: type[EventData], queue: str = "", *tags: str) -> _Message:
    return _Message(
        action=action,
        name=event.type,
        payload=cast("type[BaseModel]", Envelope.__class_getitem__(event)),
        summary=_first_line(event),
        tags=("event", *tags),
        queue=queue,
    )


def _task(action: str, task: Task[Any]) -> _Message:
    return _Message(
        action=action,
        name=task.name,
        payload=task.payload,
        summary=_first_line(task.payload),
        tags=("task",),
        queue=task_queue(task.queue),
    )


def _received(consumer: MessageConsumer, service: str) -> Iterator[_Message]:
    for handler in consumer.handlers:
        if hasattr(handler, "task"):
            yield _task("receive", handler.task)
        else:
            tags = ["optional"] if handler.optional else []
            yield _event("receive", handler.event, event_queue(service, consumer.queue), *tags)


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or model.__name__).partition("\n")[0]


def _add(message: _Message, payload: dict[str, Any], document: dict[str, Any]) -> None:
    header = headers.TASK if "task" in message.tags else headers.EVENT
    channel = document["channels"].setdefault(message.channel, {"messages": {}, **_place(message)})
    named = {"type": "object", "properties": {header: {"const": message.name}}}
    channel["messages"][message.name] = {
        "name": message.name,
        "summary": message.summary,
        "tags": [{"name": tag} for tag in message.tags],
        "headers": {**named, "required": [header]},
        "payload": payload,
    }
    at, name = f"#/channels/{message.channel}", f"{message.action}.{message.channel}"
    operation = document["operations"].setdefault(
        name, {"action": message.action, "channel": {"$ref": at}, "messages": []}
    )
    operation["messages"].append({"$ref": f"{at}/messages/{message.name}"})


def _place(message: _Message) -> dict[str, Any]:
    durable = {"durable": True, "autoDelete": False}
    queue = {"is": "queue", "queue": {"name": message.queue, "exclusive": False, **durable}}
    exchange = {
        "is": "routingKey",
        "exchange": {"name": Names().events, "type": "topic", **durable},
    }
    amqp = {**(queue if message.queue else exchange), "bindingVersion": "0.3.0"}
    return {"address": message.queue or message.name, "bindings": {"amqp": amqp}}
