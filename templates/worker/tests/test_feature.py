"""Two features can't have the same queue or schedule."""

import pytest
from pydantic import BaseModel

from app.feature import WorkFeature, consumers_of, schedules_of
from shared.errors import CompositionError
from shared.messaging.consuming import MessageConsumer
from shared.messaging.contract import Task
from shared.messaging.schedule import Schedule


class Nothing(BaseModel):
    """No payload."""


TASK = Task(name="thing.do", queue="things", payload=Nothing)


def test_a_queue_that_is_named_twice_is_refused() -> None:
    feature = WorkFeature(name="one", consumers=(MessageConsumer(queue="things", handlers=()),))
    assert consumers_of([feature]) == feature.consumers
    with pytest.raises(CompositionError, match="queue things"):
        consumers_of([feature, feature])


def test_a_schedule_that_is_named_twice_is_refused() -> None:
    schedule = Schedule(name="daily", cron="0 0 * * *", task=TASK, payload=Nothing())
    feature = WorkFeature(name="one", schedules=(schedule,))
    assert schedules_of([feature]) == (schedule,)
    with pytest.raises(CompositionError, match="schedule daily"):
        schedules_of([feature, feature])
