"""The two roles of a side's process: `send COUNT PACE` and `work COUNT`."""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.benchmarks.tasks.meter import Meter, print_json

BATCH = 100
PREFETCH = 100
QUEUE = "benchmark"
TEXT = "x" * 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """What is to be sent.

    Attributes:
        count: how many tasks.
        pace: tasks per second; 0 sends batches of `BATCH` as fast as confirms come.
    """

    count: int
    pace: float

    def stamps(self) -> Iterator[float]:
        """When each task is sent, at the load's pace; waits before each."""
        begun = time.perf_counter()
        for number in range(self.count):
            time.sleep(max(0.0, begun + number / self.pace - time.perf_counter()))
            yield time.time()

    def batches(self) -> Iterator[list[float]]:
        """The same in batches, without a pace."""
        for start in range(0, self.count, BATCH):
            yield [time.time()] * min(BATCH, self.count - start)


def play(
    send: Callable[[Load], None],
    work: Callable[[Meter], None],
    prepare: Callable[[Meter], None] | None = None,
) -> None:
    """Do what the arguments say; a side may have to prepare before the first is sent."""
    role, count, *pace = sys.argv[1:]
    if role == "work":
        work(Meter(count=int(count)))
        return
    if prepare is not None:
        prepare(Meter(count=0))
    load = Load(count=int(count), pace=float(pace[0]))
    begun = time.perf_counter()
    send(load)
    print_json({"rate": load.count / (time.perf_counter() - begun)})
