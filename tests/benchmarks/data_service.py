"""Loads the data service, a minimal app and apps of the usual parts with the same requests."""

import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from generator.backing import BackingKind, open_backing
from tests.benchmarks.bursts import CONNECTIONS, PROCESSES, Found, Plan, alternate
from tests.benchmarks.compared import load_notes, load_ratios, load_rows, memory_ratio
from tests.benchmarks.figures import Ratio, Result
from tests.benchmarks.load import Order, request
from tests.benchmarks.pair import KEY, OURS, PEER, PEERS, make_sides
from tests.benchmarks.servers import Server, running
from tests.benchmarks.users import make_users, refuse_other_answers
from tests.benchmarks.workspaces import SERVICE, Ground

_USERS = 500
# Requests per second of ours, at least, divided by those of the minimal app.
_FLOORS = {"read": 0.45, "create": 0.24}
_HEADERS = {"X-API-Key": KEY}


def measure(rounds: int) -> Result:
    """Alternate bursts on all servers, which share one database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="generator-bench-")))
        backing = stack.enter_context(
            open_backing({BackingKind.POSTGRES}, environment=os.environ, use_running=False)
        )
        database = backing.isolate(SERVICE, {BackingKind.POSTGRES})
        ground = Ground(folder=folder)
        connections = PROCESSES * CONNECTIONS
        starts = make_sides(
            ground, ground.workspace(), database, connections=connections, peers=PEERS
        )
        servers = [stack.enter_context(running(start)) for start in starts]
        paths = [f"/api/v1/users/{i}" for i in make_users(servers[0].port, KEY, _USERS)]
        ports = [server.port for server in servers]
        refuse_other_answers(ports, paths[0], [_HEADERS] * len(ports))
        found = alternate(_plans(servers, paths), rounds)
        postgres = backing.started[0].detail
    return _result(found, postgres)


def _plans(servers: Sequence[Server], paths: Sequence[str]) -> list[Plan]:
    reads = [request("GET", path, _HEADERS) for path in paths]
    return [
        Plan(
            work=work,
            subject=server,
            order=Order(
                port=server.port,
                connections=CONNECTIONS,
                seconds=0,
                texts=reads if work == "read" else (),
                key=KEY,
            ),
        )
        for work in _FLOORS
        for server in servers
    ]


def _result(found: Found, postgres: str) -> Result:
    ratios = [r for work in _FLOORS for r in load_ratios(found, work, OURS, PEER)[1:]]
    return Result(
        title="The data service under load",
        rows=load_rows(found),
        ratios=(*_floors(found), *ratios, memory_ratio(found, "read", OURS, PEER)),
        notes=(
            *load_notes(found),
            f"Each server has one worker and {PROCESSES * CONNECTIONS} database connections.",
            f"All use the same database: {postgres}.",
            "Server, load and PostgreSQL share the machine: compare, do not take as capacity.",
        ),
    )


def _floors(found: Found) -> list[Ratio]:
    """Requests per second: ours beside the minimal app, and beside each of the other peers."""
    ratios = []
    for work, floor in _FLOORS.items():
        our = found[work, OURS].rate
        for peer in PEERS:
            what = f"{work}, requests/s: {OURS} / {peer}"
            least = floor if peer == PEER else 1.0
            ratios.append(Ratio(what=what, value=our / found[work, peer].rate, floor=least))
    return ratios
