"""Runs a side's processes and reads the figures that they print."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Timer

_SECONDS = 180.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One library, and how its process is started.

    Attributes:
        name: for people.
        module: what `python -m` runs.
        environment: what both of its roles see, on top of the addresses.
    """

    name: str
    module: str
    environment: Mapping[str, str]

    def send(self, addresses: Mapping[str, str], count: int, pace: float = 0) -> dict[str, float]:
        """Send tasks and return what that took."""
        process = self._started(addresses, "send", str(count), str(pace))
        with _ended_after(process, _SECONDS), process:
            return self._next_figures(process)

    def work(self, addresses: Mapping[str, str], count: int) -> "subprocess.Popen[str]":
        """Start the worker; `figures` waits for what it prints."""
        return self._started(addresses, "work", str(count))

    def wait_until_taking(self, worker: "subprocess.Popen[str]") -> None:
        """Wait until the worker has handled its first task.

        Raises:
            SystemExit: it ended, or was ended for taking too long, without one.
        """
        with _ended_after(worker, _SECONDS):
            self._next_figures(worker)

    def figures(self, worker: "subprocess.Popen[str]") -> dict[str, float]:
        """Wait until the worker has handled all and return what it measured.

        Raises:
            SystemExit: it ended, or was ended for taking too long, and measured nothing.
        """
        with _ended_after(worker, _SECONDS), worker:
            found = self._next_figures(worker)
            # The first say only that it takes tasks, unless `wait_until_taking` has read them.
            return self._next_figures(worker) if "taking" in found else found

    def _started(self, addresses: Mapping[str, str], *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", self.module, *words],
            env={**self.environment, **addresses},
            stdout=subprocess.PIPE,
            # One pipe, so none fills up while the other is read.
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _next_figures(self, process: "subprocess.Popen[str]") -> dict[str, float]:
        # Libraries greet and complain in between.
        other = []
        for line in process.stdout or ():
            if line.startswith("{"):
                figures: dict[str, float] = json.loads(line)
                return figures
            other.append(line)
        raise SystemExit(f"{self.name} measured nothing:\n{''.join(other)[-2000:]}")


@contextmanager
def _ended_after(process: "subprocess.Popen[str]", seconds: float) -> Iterator[None]:
    # Neither reading a line nor the end of a block with a process has a time limit of its own.
    timer = Timer(seconds, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
