"""The due times of the schedules, each a number that is different from all others of a run."""

from collections.abc import Iterable
from datetime import datetime

EACH_SECOND = "* * * * * *"
SCHEDULES = 40
_SPAN = 10**10


def number_of(schedule: int, due: datetime) -> int:
    """Return the number of a schedule's due time."""
    return schedule * _SPAN + round(due.timestamp())


def numbers_of(seconds: Iterable[int]) -> set[int]:
    """Return the numbers of these due times of all schedules."""
    return {schedule * _SPAN + second for second in seconds for schedule in range(SCHEDULES)}


def all_since(second: float, numbers: Iterable[int]) -> bool:
    """Say whether every schedule has a due time among these that is not before."""
    return len({each // _SPAN for each in numbers if each % _SPAN >= second}) == SCHEDULES
