"""Times the API and a minimal one from starting the process to the first 200 of `/ready`."""

import os
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from generator.backing import BackingKind, open_backing
from tests.benchmarks.figures import Ratio, Result, Row
from tests.benchmarks.servers import Start, running
from tests.benchmarks.sides import OURS, PEER, prepared_sides
from tests.benchmarks.workspaces import Ground

_WALL, _CPU, _MEMORY = "wall s", "CPU s", "memory MiB"
_KINDS = frozenset({BackingKind.POSTGRES, BackingKind.REDIS})


def measure(rounds: int) -> Result:
    """Alternate starts, with what the APIs ask already running."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="generator-bench-"))
        backing = stack.enter_context(open_backing(_KINDS, environment=os.environ))
        prepared = stack.enter_context(prepared_sides(Ground(folder=Path(folder)), backing))
        found = _alternate([side.start for side in prepared], rounds)
    ours, peer = found[OURS], found[PEER]
    return Result(
        title="Start of the business API",
        rows=tuple(Row(subject=name, figures=figures) for name, figures in found.items()),
        ratios=tuple(
            Ratio(
                what=f"{title.rpartition(' ')[0]}: {OURS} / {PEER}", value=ours[title] / peer[title]
            )
            for title in (_WALL, _CPU, _MEMORY)
        ),
        notes=(
            "From starting a process to the first 200 of `/ready`, which is asked every 10 ms.",
            "Byte code and files are in the caches of the machine, as after a first start.",
            "Memory is that of the API alone, before its first request.",
        ),
    )


def _alternate(starts: Sequence[Start], rounds: int) -> dict[str, dict[str, float]]:
    found: dict[str, list[Mapping[str, float]]] = {start.name: [] for start in starts}
    for number in range(rounds + 1):
        for start in reversed(starts) if number % 2 else starts:
            figures = _started(start)
            if number:
                found[start.name].append(figures)
    return {
        name: {title: statistics.median(run[title] for run in runs) for title in runs[0]}
        for name, runs in found.items()
    }


def _started(start: Start) -> Mapping[str, float]:
    began = time.perf_counter()
    with running(start) as server:
        wall = time.perf_counter() - began
        return {_WALL: wall, _CPU: server.cpu_seconds(), _MEMORY: server.memory()}
