"""Which events and tasks go from whom to whom, as far as the services' manifests say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from generator.workspace import Service

MessageKind = Literal["event", "task"]
# The backing services that messages go through.
_BROKERS = frozenset({"rabbitmq"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Queue:
    """A queue on the broker.

    Attributes:
        name: as the broker has it.
        kind: what it holds.
        messages: the events or tasks that go into it, by name.
        consumers: the services that take from it, by name.
    """

    name: str
    kind: MessageKind
    messages: tuple[str, ...]
    consumers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """An event or a task.

    Attributes:
        name: its type.
        publishers: the services that publish or send it, by name.
        queues: the names of the queues that it goes into; an event that nobody takes has none.
    """

    name: str
    kind: MessageKind
    publishers: tuple[str, ...]
    queues: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Messages:
    """All events and tasks of a workspace.

    Attributes:
        messages: events before tasks, each by name.
        queues: by name.
        unknown: the services that need a broker and whose manifest says nothing of messages.
    """

    messages: tuple[Message, ...] = ()
    queues: tuple[Queue, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Use:
    """What one service has to do with one message; the queue is empty where it only publishes."""

    service: str
    kind: MessageKind
    message: str
    queue: str = ""
    takes: bool = False


def messages_of(services: Sequence[Service]) -> Messages:
    """Who publishes and who takes what."""
    uses = [use for service in services for use in _uses(service)]
    return Messages(
        messages=tuple(_messages(uses)),
        queues=tuple(_queues(uses)),
        unknown=tuple(sorted(service.name for service in services if _is_unknown(service))),
    )


def _is_unknown(service: Service) -> bool:
    needs = service.template.backing_for(service.answers.features)
    return bool(needs & _BROKERS) and not service.template.messages


def _uses(service: Service) -> Iterator[_Use]:
    answers, name = service.answers, service.name
    for each in service.template.messages_for(answers.features, example=answers.example):
        for event in each.publishes:
            yield _Use(service=name, kind="event", message=event)
        sides: tuple[tuple[MessageKind, bool, dict[str, str]], ...] = (
            ("event", True, dict(each.consumes)),
            ("task", False, dict(each.sends)),
            ("task", True, dict(each.handles)),
        )
        for kind, takes, queues in sides:
            for message, queue in queues.items():
                at = queue.replace("{service}", name)
                yield _Use(service=name, kind=kind, message=message, queue=at, takes=takes)


def _messages(uses: Sequence[_Use]) -> Iterator[Message]:
    for kind, name in sorted({(use.kind, use.message) for use in uses}):
        ours = [use for use in uses if (use.kind, use.message) == (kind, name)]
        yield Message(
            name=name,
            kind=kind,
            publishers=_sorted(use.service for use in ours if not use.takes),
            queues=_sorted(use.queue for use in ours if use.queue),
        )


def _queues(uses: Sequence[_Use]) -> Iterator[Queue]:
    for name, kind in sorted({(use.queue, use.kind) for use in uses if use.queue}):
        ours = [use for use in uses if (use.queue, use.kind) == (name, kind)]
        yield Queue(
            name=name,
            kind=kind,
            messages=_sorted(use.message for use in ours),
            consumers=_sorted(use.service for use in ours if use.takes),
        )


def _sorted(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
