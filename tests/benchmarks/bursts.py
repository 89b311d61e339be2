"""Loads a server for some seconds from several processes, and adds up what they and it say."""

import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Protocol

from tests.benchmarks.commands import environment
from tests.benchmarks.load import Order, Tally

PROCESSES = 2
CONNECTIONS = 4
_WARM_UP_SECONDS = 1.0
_BURST_SECONDS = 3.0
_PATIENCE_SECONDS = 30.0


class Measured(Protocol):
    """A server, or some that answer together."""

    @property
    def name(self) -> str:
        """For people."""

    def cpu_seconds(self) -> float:
        """What it has used of processors so far."""

    def memory(self) -> float:
        """What it holds in memory, in MiB."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """One kind of work for one subject.

    Attributes:
        order: what each load process gets; how long and its mark are filled in.
    """

    work: str
    subject: Measured
    order: Order


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """What one burst, or the median of some, showed.

    Attributes:
        rate: requests per second.
        p50: milliseconds that half of the requests stayed below.
        p95: milliseconds that 95 of 100 requests stayed below.
        cpu: processor milliseconds that the server used per request.
        memory: MiB that the server held at the end.
        busy: the part of a core that the busiest load process used.
    """

    rate: float
    p50: float
    p95: float
    cpu: float
    memory: float
    busy: float


Found = dict[tuple[str, str], Figures]


def alternate(plans: Sequence[Plan], rounds: int) -> Found:
    """The median of each plan's bursts, by work and subject: A B, then B A.

    A round of short ones comes first and is not counted.
    """
    bursts: dict[tuple[str, str], list[Figures]] = {(p.work, p.subject.name): [] for p in plans}
    for number in range(rounds + 1):
        seconds = _BURST_SECONDS if number else _WARM_UP_SECONDS
        for plan in reversed(plans) if number % 2 else plans:
            order = replace(plan.order, seconds=seconds)
            marks = (f"{order.port}-{number}-{process}" for process in range(PROCESSES))
            figures = burst(plan.subject, [replace(order, mark=mark) for mark in marks])
            if number:
                bursts[plan.work, plan.subject.name].append(figures)
    return {key: middle(found) for key, found in bursts.items()}


def burst(server: Measured, orders: Sequence[Order]) -> Figures:
    """Carry out the orders at the same time, one process each."""
    senders = [_sender(order) for order in orders]
    before = server.cpu_seconds()
    for sender in senders:
        _say(sender, "go")
    tallies = [_tally(sender, order) for sender, order in zip(senders, orders, strict=True)]
    used, seconds = server.cpu_seconds() - before, max(tally.seconds for tally in tallies)
    latencies = sorted(latency for tally in tallies for latency in tally.latencies)
    if refused := [status for tally in tallies for status in tally.refused]:
        raise SystemExit(f"{server.name} answered {sorted(set(refused))}, {len(refused)} times.")
    return Figures(
        rate=len(latencies) / seconds,
        p50=1000 * latencies[len(latencies) // 2],
        p95=1000 * latencies[len(latencies) * 95 // 100],
        cpu=1000 * used / len(latencies),
        memory=server.memory(),
        busy=max(tally.busy for tally in tallies),
    )


def middle(bursts: Sequence[Figures]) -> Figures:
    """The median of each figure."""
    every = [asdict(figures) for figures in bursts]
    return Figures(**{name: statistics.median(f[name] for f in every) for name in every[0]})


def _sender(order: Order) -> subprocess.Popen[str]:
    sender = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.load"], env=environment(), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    _say(sender, json.dumps(asdict(order)))
    # It is ready when its first line is here.
    assert sender.stdout is not None
    sender.stdout.readline()
    return sender


def _tally(sender: subprocess.Popen[str], order: Order) -> Tally:
    try:
        said, _ = sender.communicate(timeout=order.seconds + _PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        sender.kill()
        raise SystemExit(f"No answer from port {order.port}.") from None
    return Tally(**json.loads(said))


def _say(sender: subprocess.Popen[str], line: str) -> None:
    assert sender.stdin is not None
    sender.stdin.write(line + "\n")
    sender.stdin.flush()
