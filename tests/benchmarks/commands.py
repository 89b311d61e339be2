"""Times commands in pairs: A B, then B A, so that a machine that gets busier hits both."""

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What one run took, in seconds: by the clock, and of processors by all its processes."""

    wall: float
    cpu: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """A command to time.

    Attributes:
        words: the program and its arguments.
        environment: the whole of it.
        prepare: makes a fresh folder to run in; not timed.
    """

    words: Sequence[str]
    environment: Mapping[str, str]
    prepare: Callable[[], Path]

    def run(self) -> Cost:
        """Run it once in a fresh folder."""
        return self.run_in(self.prepare())

    def run_in(self, folder: Path) -> Cost:
        """Run it once; a failure ends the benchmark with what the command said."""
        before, started = _children(), time.perf_counter()
        done = subprocess.run(
            self.words, cwd=folder, env=self.environment, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        cost = Cost(wall=time.perf_counter() - started, cpu=_children() - before)
        if done.returncode:
            raise SystemExit(f"{' '.join(self.words)}: exit {done.returncode}\n{done.stderr}")
        return cost


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The caller's environment, with byte code kept: compiling it each time is nobody's speed.

    Output is buffered, as it is by default; without, Python also loses the end of what does not
    fit into a pipe.
    """
    left_out = {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "DATABASE_URL", "CI"}
    return {k: v for k, v in os.environ.items() if k not in left_out} | dict(extra or {})


def alternate(commands: Mapping[str, Command], rounds: int) -> dict[str, Cost]:
    """The medians of some rounds, each of which runs every command once.

    One round more comes first and is not counted: it fills the caches of the disk, of Python's
    byte code and of uv.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name in sorted(commands, reverse=bool(number % 2)):
            cost = commands[name].run()
            if number:
                costs[name].append(cost)
    return {name: median(found) for name, found in costs.items()}


def median(costs: Sequence[Cost]) -> Cost:
    """The middle of some runs."""
    return Cost(
        wall=statistics.median(cost.wall for cost in costs),
        cpu=statistics.median(cost.cpu for cost in costs),
    )


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
