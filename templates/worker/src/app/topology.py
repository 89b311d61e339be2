"""The queues and schedules of this service, in one place."""

from collections import Counter
from collections.abc import Iterable

from app.feature import WorkFeature
from shared.errors import CompositionError
from shared.messaging.consuming import Consumer
from shared.messaging.schedule import Schedule

# Each queue `x` of tasks is `tasks.x` on the broker, each one of events `events.<service>.x`;
# both have a `.dead` beside them, and all wait in the same ladder of queues. MESSAGING_PREFIX
# stands in front of every name.


def consumers_of(features: Iterable[WorkFeature]) -> tuple[Consumer, ...]:
    """Return every queue with its handlers; raises CompositionError if one is named twice."""
    consumers = tuple(consumer for feature in features for consumer in feature.consumers)
    _refuse_twins("queue", (consumer.queue for consumer in consumers))
    return consumers


def schedules_of(features: Iterable[WorkFeature]) -> tuple[Schedule, ...]:
    """Return every schedule; raises CompositionError if one is named twice."""
    schedules = tuple(schedule for feature in features for schedule in feature.schedules)
    _refuse_twins("schedule", (schedule.name for schedule in schedules))
    return schedules


def _refuse_twins(what: str, names: Iterable[str]) -> None:
    twins = [name for name, count in Counter(names).items() if count > 1]
    if twins:
        message = f"two features have the {what} {', '.join(twins)}"
        raise CompositionError(message)
