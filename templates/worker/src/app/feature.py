"""What a feature of a worker is, and what all of them have together.

On the broker, the queue `x` of a task is `tasks.x`, and one of events is `events.<service>.x`. Each
has a `.dead` beside it; MESSAGING_PREFIX stands in front of every name.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shared.errors import CompositionError
from shared.lifecycle import Resource
from shared.messaging.consuming import MessageConsumer
from shared.messaging.contract import EventData, Task
from shared.messaging.schedule import Schedule


@dataclass(frozen=True, kw_only=True)
class WorkFeature:
    """One capability of a worker: what it consumes, schedules, publishes and sends.

    `asyncapi.json` describes all of it; the tasks of schedules count as sent.
    """

    name: str
    consumers: tuple[MessageConsumer, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    publishes: tuple[type[EventData], ...] = ()
    sends: tuple[Task[Any], ...] = ()
    resources: tuple[Resource[Any], ...] = ()


def consumers_of(features: Iterable[WorkFeature]) -> tuple[MessageConsumer, ...]:
    """Return every queue with its handlers; raises CompositionError if two have one name."""
    consumers = tuple(consumer for feature in features for consumer in feature.consumers)
    _refuse_duplicates("queue", (consumer.queue for consumer in consumers))
    return consumers


def schedules_of(features: Iterable[WorkFeature]) -> tuple[Schedule, ...]:
    """Return every schedule; raises CompositionError if two have one name."""
    schedules = tuple(schedule for feature in features for schedule in feature.schedules)
    _refuse_duplicates("schedule", (schedule.name for schedule in schedules))
    return schedules


def _refuse_duplicates(what: str, names: Iterable[str]) -> None:
    duplicates = [name for name, count in Counter(names).items() if count > 1]
    if duplicates:
        message = f"two features have the {what} {', '.join(duplicates)}"
        raise CompositionError(message)
