"""Runs a side's processes and reads the figures that they print."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

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
        with self._started(addresses, "send", str(count), str(pace)) as process:
            return _figures(self, process)

    def work(self, addresses: Mapping[str, str], count: int) -> "subprocess.Popen[str]":
        """Start the worker; `figures` waits for what it prints."""
        return self._started(addresses, "work", str(count))

    def wait_until_taking(self, worker: "subprocess.Popen[str]") -> None:
        """Wait until the worker has handled its first task."""
        if worker.stdout is None or not worker.stdout.readline().startswith("{"):
            raise SystemExit(f"{self.name} took no task:\n{worker.communicate()[1][-2000:]}")

    def figures(self, worker: "subprocess.Popen[str]") -> dict[str, float]:
        """Wait until the worker has handled all and return what it measured."""
        with worker:
            return _figures(self, worker)

    def _started(self, addresses: Mapping[str, str], *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", self.module, *words],
            env={**self.environment, **addresses},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def _figures(side: Side, process: "subprocess.Popen[str]") -> dict[str, float]:
    try:
        said, complaint = process.communicate(timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        said, complaint = process.communicate()
    found = [line for line in said.splitlines() if line.startswith("{")]
    if not found:
        raise SystemExit(f"{side.name} measured nothing:\n{complaint[-2000:]}")
    figures: dict[str, float] = json.loads(found[-1])
    return figures
