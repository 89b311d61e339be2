"""The task and the event that the faults' sender and worker agree on."""

from typing import ClassVar

from pydantic import BaseModel

from shared.messaging.contract import EventData, RetryPolicy, Task, TaskLimits

DO, FAIL_FIRST, HOPELESS, DEADLY = "do", "fail-first", "hopeless", "deadly"


class Order(BaseModel):
    """What is to be done, by a number that is different in each task of a run."""

    number: int
    act: str = DO


class Happened(EventData):
    """An event with such a number."""

    type: ClassVar[str] = "faults.happened"
    number: int


_OFTEN = RetryPolicy(attempts=200, first_seconds=0.1, factor=1.5, cap_seconds=0.5)
HANG_ATTEMPTS = 2


def order_task(queue: str) -> Task[Order]:
    """Return the task that has an effect."""
    return Task(name="faults.order", queue=queue, payload=Order, retries=_OFTEN)


def hanging_task(queue: str) -> Task[Order]:
    """Return the task that never ends by itself."""
    retries = RetryPolicy(attempts=HANG_ATTEMPTS, first_seconds=0.1)
    limits = TaskLimits(seconds=1.0)
    return Task(name="faults.hang", queue=queue, payload=Order, retries=retries, limits=limits)
