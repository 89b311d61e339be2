"""Sends the same updates through the rendered bot and through aiogram alone."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from generator.backing import BackingKind, BackingServices, open_backing
from tests.benchmarks.bot.work import PEOPLE
from tests.benchmarks.figures import Ratio, Result, Row
from tests.benchmarks.pair import COMMAND, free_port, python_path
from tests.benchmarks.servers import Server, Start, running
from tests.benchmarks.workspaces import SERVICE, TEMPLATE, Ground
from tests.support.checkout import PROJECT

OURS, BARE = "the bot", "aiogram alone"
_NAME = "support-bot"
_UPDATES = 3000
_PER_SECOND = 100
_SECONDS = 180
_MODULES = {OURS: "tests.benchmarks.bot.ours", BARE: "tests.benchmarks.bot.bare"}
_FEED, _POLL = "through the dispatcher", "from Telegram to the answer"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Bots:
    """The rendered bot and what both sides are started with."""

    ground: Ground
    folder: Path
    environment: Mapping[str, str]
    backing: BackingServices

    def words(self, side: str, *role: str) -> list[str]:
        """The words of a side's process."""
        return [sys.executable, "-W", "ignore", "-m", _MODULES[side], *role]

    def variables(self, telegram: Server, purpose: str) -> dict[str, str]:
        """What both are told: keys in Redis are those of this run alone."""
        url = f"http://127.0.0.1:{telegram.port}"
        redis = self.backing.isolate(f"bot-{purpose}", {BackingKind.REDIS})
        where = {"TELEGRAM_API_URL": url, "DATA_SERVICE_URL": url, "PORT": str(free_port())}
        return {**self.environment, **redis, **where}


def measure(rounds: int) -> Result:
    """Alternate the sides; what they talk to is new in each round."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="generator-bench-"))
        backing = stack.enter_context(
            open_backing(frozenset({BackingKind.REDIS}), environment=os.environ)
        )
        bots = _render(Ground(folder=Path(folder)), backing)
        found: dict[tuple[str, str], list[Mapping[str, float]]] = {}
        starts: dict[str, list[Mapping[str, float]]] = {OURS: [], BARE: []}
        for number in range(rounds):
            for side in (OURS, BARE) if number % 2 else (BARE, OURS):
                for work, role in ((_FEED, "feed"), (_POLL, "poll")):
                    found.setdefault((work, side), []).append(_handled(bots, side, role, number))
                starts[side].append(_started(bots, side, number))
        rate = median(_broadcast(bots, number) for number in range(rounds))
    return _result(found, starts, rate)


def _render(ground: Ground, backing: BackingServices) -> _Bots:
    workspace = ground.workspace()
    unchecked = ("--no-verify", "--no-lock")
    ground.cli("new-service", TEMPLATE, SERVICE, *unchecked, cwd=workspace).ok()
    words = ("aiogram", _NAME, "--data-service", SERVICE, "--with", "")
    ground.cli("new-service", *words, *unchecked, cwd=workspace).ok()
    folder = workspace / "services" / _NAME
    environment = {
        **ground.environment,
        "PYTHONPATH": f"{PROJECT}:{python_path(workspace, folder)}",
        "SERVICE_NAME": _NAME,
        "TELEGRAM_TOKEN": "42:BENCHMARK",
        "DATA_SERVICE_API_KEY": "k" * 32,
        "HOST": "127.0.0.1",
        "METRICS_PORT": "0",
        "DRAIN_SECONDS": "0",
        # Each person sends more than people do.
        "THROTTLE_MESSAGES": "1000000",
        "BROADCAST_PER_SECOND": str(_PER_SECOND),
    }
    return _Bots(ground=ground, folder=folder, environment=environment, backing=backing)


@contextmanager
def _telegram(bots: _Bots, count: int) -> Iterator[Server]:
    port = free_port()
    module = (sys.executable, "-m", "tests.benchmarks.bot.telegram")
    start = Start(
        name="telegram", words=(*module, str(port), str(count), str(PEOPLE)),
        folder=bots.ground.empty(), environment={**bots.environment, "PYTHONPATH": str(PROJECT)},
        port=port, ready="/ready",
    )  # fmt: skip
    with running(start) as server:
        yield server


def _handled(bots: _Bots, side: str, role: str, number: int) -> Mapping[str, float]:
    """Have all updates handled, and return what the process says that it took."""
    with _telegram(bots, _UPDATES) as telegram:
        done = subprocess.run(
            bots.words(side, role, str(_UPDATES)),
            cwd=bots.ground.empty(),
            env=bots.variables(telegram, f"{role}-{number}"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    for line in done.stdout.splitlines():
        if line.startswith('{"rate"'):
            figures: dict[str, float] = json.loads(line)
            return figures
    raise SystemExit(f"{side} measured nothing:\n{done.stdout[-2000:]}")


def _started(bots: _Bots, side: str, number: int) -> Mapping[str, float]:
    with _telegram(bots, 0) as telegram:
        variables = bots.variables(telegram, f"start-{number}")
        words = COMMAND if side == OURS else bots.words(BARE, "serve", variables["PORT"])
        start = Start(
            name=side, words=words, folder=bots.ground.empty(), environment=variables,
            port=int(variables["PORT"]), ready="/ready",
        )  # fmt: skip
        began = time.perf_counter()
        with running(start) as server:
            wall = time.perf_counter() - began
            return {"wall s": wall, "CPU s": server.cpu_seconds(), "MiB": server.memory()}


def _broadcast(bots: _Bots, number: int) -> float:
    """Send a broadcast to everybody and return how many got it in a second."""
    with _telegram(bots, 0) as telegram:
        variables = bots.variables(telegram, f"broadcast-{number}")
        start = Start(
            name="broadcast", words=bots.words(OURS, "broadcast", "0"), folder=bots.ground.empty(),
            environment=variables, port=int(variables["PORT"]), ready="/ready",
        )  # fmt: skip
        with running(start):
            deadline = time.monotonic() + _SECONDS
            # The last message is the report.
            while (sent := _sent(telegram))["count"] <= PEOPLE:
                if time.monotonic() > deadline:
                    raise SystemExit(f"The broadcast did not end: {sent}")
                time.sleep(0.1)
        return PEOPLE / sent["seconds"]


def _sent(telegram: Server) -> dict[str, float]:
    with urlopen(f"http://127.0.0.1:{telegram.port}/sent", timeout=10) as answer:
        found: dict[str, float] = json.load(answer)
        return found


def _result(
    found: Mapping[tuple[str, str], Sequence[Mapping[str, float]]],
    starts: Mapping[str, Sequence[Mapping[str, float]]],
    broadcast: float,
) -> Result:
    def middle(runs: Sequence[Mapping[str, float]], name: str) -> float:
        return median(run[name] for run in runs)

    def compared(work: str, name: str) -> float:
        return middle(found[work, OURS], name) / middle(found[work, BARE], name)

    rows = [
        Row(
            subject=f"{work}: {side}",
            figures={
                "updates/s": middle(runs, "rate"),
                "CPU ms/update": middle(runs, "cpu_ms"),
                "memory MiB": middle(runs, "memory"),
            },
        )
        for (work, side), runs in found.items()
    ]
    ratios = [
        Ratio(what=f"{_FEED}, updates/s", value=compared(_FEED, "rate"), floor=0.5),
        Ratio(what=f"{_FEED}, CPU per update", value=compared(_FEED, "cpu_ms"), limit=2.0),
        Ratio(what=f"{_POLL}, updates/s", value=compared(_POLL, "rate")),
        Ratio(what=f"{_POLL}, CPU per update", value=compared(_POLL, "cpu_ms")),
        *(
            Ratio(
                what=f"start, {name}", value=middle(starts[OURS], name) / middle(starts[BARE], name)
            )
            for name in starts[OURS][0]
        ),
        Ratio(what="broadcast: its rate / the limit", value=broadcast / _PER_SECOND, limit=1.05),
    ]
    started = ", ".join(
        f"{side} {middle(runs, 'wall s'):.1f} s and {middle(runs, 'MiB'):.0f} MiB"
        for side, runs in starts.items()
    )
    return Result(
        title="Bot",
        rows=tuple(rows),
        ratios=tuple(ratios),
        notes=(
            f"{_UPDATES} messages of {PEOPLE} people; the handler of both sends an answer by HTTP.",
            "Both log a line for each update. aiogram alone keeps its dialogues in memory.",
            "Ours has them in Redis, and counts and throttles there.",
            "From Telegram to the answer ours keeps each update in Redis until it was handled.",
            f"From starting the process to the first 200 of `/ready`: {started}.",
            f"A broadcast to {PEOPLE} people at {_PER_SECOND} a second.",
        ),
    )
