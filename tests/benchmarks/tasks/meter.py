"""Counts the tasks that a worker process handles, and prints what they took."""

import json
import os
import resource
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

_KIBIBYTES = 1024
_PERCENT = 95


@dataclass(kw_only=True)
class Meter:
    """Ends the process when the last of `count` tasks was handled; the first starts the clock.

    Threads may share it: some libraries handle tasks in several.

    Attributes:
        count: how many tasks there will be.
    """

    count: int
    _delays: list[float] = field(default_factory=list)
    _started: float = 0.0
    _cpu: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def handled(self, sent: float) -> None:
        """Take note of one; `sent` is the sender's `time.time()`."""
        with self._lock:
            if not self._delays:
                # Whoever reads it knows that the worker takes tasks now.
                print_json({"taking": 1})
                self._started, self._cpu = time.perf_counter(), _cpu_seconds()
            self._delays.append(time.time() - sent)
            if len(self._delays) == self.count:
                self._tell()

    def _tell(self) -> None:
        seconds, tasks = time.perf_counter() - self._started, self.count - 1
        delays = self._delays[1:]
        print_json(
            {
                "rate": tasks / seconds,
                "cpu_ms": (_cpu_seconds() - self._cpu) * 1000 / tasks,
                "memory": _memory(),
                "p50_ms": statistics.median(delays) * 1000,
                "p95_ms": statistics.quantiles(delays, n=100)[_PERCENT - 1] * 1000,
            }
        )
        # At once: each library has its own way to stop, and none of them is what is measured.
        os._exit(0)


def print_json(figures: dict[str, float]) -> None:
    """One line on stdout."""
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _memory() -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / _KIBIBYTES
    raise SystemExit("no VmRSS in /proc/self/status")
