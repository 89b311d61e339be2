"""Loads the data service and a minimal FastAPI + asyncpg app with the same requests in one run."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from generator.backing import BackingKind, open_backing
from tests.benchmarks.bursts import CONNECTIONS, PROCESSES, Figures, burst, middle
from tests.benchmarks.figures import Ratio, Result, Row
from tests.benchmarks.load import Order
from tests.benchmarks.pair import KEY, OURS, PEER, make_pair
from tests.benchmarks.servers import Server, running
from tests.benchmarks.users import make_users, refuse_other_answers
from tests.benchmarks.workspaces import SERVICE, Ground

_WARM_UP_SECONDS = 1.0
_BURST_SECONDS = 3.0
_USERS = 500
_WORK = ("read", "create")

_Found = Mapping[tuple[str, str], Figures]


def measure(rounds: int) -> Result:
    """Alternate bursts on both servers, which share one database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="generator-bench-")))
        backing = stack.enter_context(
            open_backing({BackingKind.POSTGRES}, environment=os.environ, use_running=False)
        )
        database = backing.isolate(SERVICE, {BackingKind.POSTGRES})
        starts = make_pair(Ground(folder=folder), database, connections=PROCESSES * CONNECTIONS)
        servers = [stack.enter_context(running(start)) for start in starts]
        ids = make_users(servers[0].port, KEY, _USERS)
        refuse_other_answers([server.port for server in servers], KEY, ids[0])
        found = _alternate(servers, ids, rounds)
        postgres = backing.started[0].detail
    return _result(found, postgres)


def _alternate(servers: Sequence[Server], ids: Sequence[str], rounds: int) -> _Found:
    found: dict[tuple[str, str], list[Figures]] = {}
    for number in range(rounds + 1):
        seconds = _BURST_SECONDS if number else _WARM_UP_SECONDS
        for work in _WORK:
            for server in reversed(servers) if number % 2 else servers:
                chosen = ids if work == "read" else ()
                figures = burst(server, _orders(server, chosen, seconds, f"{server.port}-{number}"))
                if number:
                    found.setdefault((work, server.name), []).append(figures)
    return {key: middle(bursts) for key, bursts in found.items()}


def _orders(server: Server, ids: Sequence[str], seconds: float, mark: str) -> list[Order]:
    return [
        Order(
            port=server.port,
            key=KEY,
            connections=CONNECTIONS,
            seconds=seconds,
            ids=ids,
            mark=f"{mark}-{number}",
        )
        for number in range(PROCESSES)
    ]


def _result(found: _Found, postgres: str) -> Result:
    rows, ratios = [], []
    for work in _WORK:
        ours, peer = found[work, OURS], found[work, PEER]
        rows += [_row(f"{work}: {name}", found[work, name]) for name in (OURS, PEER)]
        ratios += [
            Ratio(what=f"{work}, requests/s: {OURS} / {PEER}", value=ours.rate / peer.rate),
            Ratio(what=f"{work}, p95", value=ours.p95 / peer.p95),
            Ratio(what=f"{work}, CPU per request", value=ours.cpu / peer.cpu),
        ]
    ours, peer = found["read", OURS], found["read", PEER]
    ratios.append(Ratio(what="memory", value=ours.memory / peer.memory))
    busiest = max(figures.busy for figures in found.values())
    return Result(
        title="The data service under load",
        rows=tuple(rows),
        ratios=tuple(ratios),
        notes=(
            f"{PROCESSES} load processes with {CONNECTIONS} keep-alive connections each.",
            f"The busiest load process used {busiest:.0%} of a core: near 100 % it is the limit.",
            f"Each server has one worker and {PROCESSES * CONNECTIONS} database connections.",
            f"Both use the same database: {postgres}.",
            "Server, load and PostgreSQL share the machine: compare, do not take as capacity.",
        ),
    )


def _row(subject: str, figures: Figures) -> Row:
    return Row(
        subject=subject,
        figures={
            "requests/s": figures.rate,
            "p50 ms": figures.p50,
            "p95 ms": figures.p95,
            "CPU ms/request": figures.cpu,
            "memory MiB": figures.memory,
        },
    )
