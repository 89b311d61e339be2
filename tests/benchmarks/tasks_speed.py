"""Sends the same no-op tasks through the shared library and through other libraries."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from generator.backing import BackingKind, BackingServices, open_backing
from tests.benchmarks.figures import Ratio, Result, Row
from tests.benchmarks.tasks.processes import Side
from tests.benchmarks.workspaces import Ground
from tests.support.checkout import PROJECT

_TASKS = 5000
_QUIET_TASKS = 200
_QUIET_PACE = 50
_KINDS = frozenset({BackingKind.RABBITMQ, BackingKind.REDIS})
_OURS, _RAW = "shared.messaging", "aio-pika alone"
_TRACKED = ", with status and claims"
_FRAMEWORKS = ("taskiq", "Celery", "dramatiq")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """What one round of one side took."""

    sending: Mapping[str, float]
    working: Mapping[str, float]
    quiet: Mapping[str, float]


def measure(rounds: int) -> Result:
    """Alternate the sides; each round has a virtual host without queues."""
    with (
        tempfile.TemporaryDirectory(prefix="generator-bench-") as folder,
        open_backing(_KINDS, environment=os.environ) as backing,
    ):
        sides = _sides(Ground(folder=Path(folder)))
        found: dict[str, list[_Found]] = {side.name: [] for side in sides}
        for number in range(rounds):
            for side in sides if number % 2 else reversed(sides):
                found[side.name].append(_round(side, backing, number))
        servers = ", ".join(started.detail for started in backing.started)
    return _result(found, servers)


def _sides(ground: Ground) -> list[Side]:
    shared = ground.workspace() / "shared" / "src"
    path = {**ground.environment, "PYTHONPATH": f"{PROJECT}:{shared}"}
    modules = {_OURS: "ours", _RAW: "raw", "Celery": "celery_side"}
    sides = [_side(name, module, path, "0") for name, module in modules.items()]
    sides += [_side(name + _TRACKED, module, path, "1") for name, module in modules.items()]
    others = {"taskiq": "taskiq_side", "dramatiq": "dramatiq_side"}
    return sides + [_side(name, module, path, "0") for name, module in others.items()]


def _side(name: str, module: str, environment: Mapping[str, str], tracked: str) -> Side:
    where = f"tests.benchmarks.tasks.{module}"
    return Side(name=name, module=where, environment={**environment, "TRACKED": tracked})


def _round(side: Side, backing: BackingServices, number: int) -> _Found:
    busy = _addresses(side, backing, f"busy-{number}")
    sending = side.send(busy, _TASKS)
    working = side.figures(side.work(busy, _TASKS))
    calm = _addresses(side, backing, f"quiet-{number}")
    side.send(calm, 1)
    worker = side.work(calm, _QUIET_TASKS + 1)
    side.wait_until_taking(worker)
    side.send(calm, _QUIET_TASKS, _QUIET_PACE)
    return _Found(sending=sending, working=working, quiet=side.figures(worker))


def _addresses(side: Side, backing: BackingServices, purpose: str) -> dict[str, str]:
    name = f"{side.module.rpartition('.')[2]}-{side.environment['TRACKED']}-{purpose}"
    return backing.isolate(name.replace("_", "-"), _KINDS)


def _result(found: Mapping[str, Sequence[_Found]], servers: str) -> Result:
    rows = tuple(_row(name, rounds) for name, rounds in found.items())
    rates = {row.subject: row.figures["tasks/s"] for row in rows}
    cpu = {row.subject: row.figures["CPU ms/task"] for row in rows}
    pairs = [(_OURS, _RAW), (_OURS + _TRACKED, _RAW + _TRACKED)]
    pairs += [(_OURS, name) for name in _FRAMEWORKS]
    pairs += [(_OURS + _TRACKED, "Celery" + _TRACKED)]
    return Result(
        title="Tasks",
        rows=rows,
        ratios=tuple(
            ratio
            for ours, theirs in pairs
            for ratio in (
                Ratio(what=f"tasks/s: {ours} / {theirs}", value=rates[ours] / rates[theirs]),
                Ratio(what=f"CPU per task: {ours} / {theirs}", value=cpu[ours] / cpu[theirs]),
            )
        ),
        notes=(
            f"One worker process takes {_TASKS} tasks that are waiting; nothing is done in a task.",
            f"Latency: {_QUIET_TASKS} tasks at {_QUIET_PACE} a second, from sending to handling.",
            "Sending waits for confirms: 100 at once with aio-pika, taskiq and ours.",
            "Celery and dramatiq have no batches: they send one after the other.",
            "dramatiq has no quorum queues, so its queue is a classic one.",
            f"All sides use the same servers: {servers}.",
        ),
    )


def _row(name: str, rounds: Sequence[_Found]) -> Row:
    return Row(
        subject=name,
        figures={
            "sent/s": median(found.sending["rate"] for found in rounds),
            "tasks/s": median(found.working["rate"] for found in rounds),
            "CPU ms/task": median(found.working["cpu_ms"] for found in rounds),
            "memory MiB": median(found.working["memory"] for found in rounds),
            "p50 ms": median(found.quiet["p50_ms"] for found in rounds),
            "p95 ms": median(found.quiet["p95_ms"] for found in rounds),
        },
    )
