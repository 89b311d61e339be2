"""Times `generator up` until all is ready, against starting the same processes by hand."""

import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from statistics import median

from tests.benchmarks.by_hand import launched, started_by_hand
from tests.benchmarks.figures import Ratio, Result, Row
from tests.benchmarks.whole_system import system_ground

_COLD = "generator up, cold"
_WARM = "generator up, warm"
_BY_HAND = "by hand, warm"
_MOST_ROUNDS = 3
_PREPARE = "migrate"


def measure(rounds: int) -> Result:
    """Start four services and three servers, in turns."""
    times: dict[str, list[float]] = {_COLD: [], _WARM: [], _BY_HAND: []}
    with system_ground() as system:
        with system.up() as record:
            servers, services = launched(record)
        for _ in range(min(rounds, _MOST_ROUNDS)):
            times[_WARM].append(_seconds(system.up))
            times[_BY_HAND].append(_seconds(lambda: started_by_hand(servers, services, _PREPARE)))
        for _ in range(min(rounds, _MOST_ROUNDS)):
            shutil.rmtree(system.workspace / ".generator/up/venvs")
            times[_COLD].append(_seconds(partial(system.up, "--fresh")))
    middle = {name: median(found) for name, found in times.items()}
    return Result(
        title="The whole system, until all is ready",
        rows=tuple(Row(subject=name, figures={"s": seconds}) for name, seconds in middle.items()),
        ratios=(
            Ratio(what=f"{_WARM} / {_BY_HAND}, wall", value=middle[_WARM] / middle[_BY_HAND]),
            Ratio(what=f"{_COLD} / {_BY_HAND}, wall", value=middle[_COLD] / middle[_BY_HAND]),
        ),
        notes=(
            "A service of each kind, PostgreSQL, RabbitMQ and Redis, on the data of the last run.",
            "By hand: the same commands, variables and users, in the same order.",
            "That is all servers at once, then the data service, then all that call it at once.",
            "Cold: without data and environments, the packages in uv's cache.",
        ),
    )


def _seconds(begin: Callable[[], AbstractContextManager[object]]) -> float:
    begun = time.perf_counter()
    with begin():
        return time.perf_counter() - begun
