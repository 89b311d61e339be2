"""Loads the data service and a minimal FastAPI + asyncpg app with the same requests in one run."""

import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from generator.backing import BackingKind, open_backing
from tests.benchmarks.bursts import CONNECTIONS, PROCESSES, Found, Plan, alternate
from tests.benchmarks.compared import load_notes, load_ratios, load_rows, memory_ratio
from tests.benchmarks.figures import Result
from tests.benchmarks.load import Order, request
from tests.benchmarks.pair import KEY, OURS, PEER, make_pair
from tests.benchmarks.servers import Server, running
from tests.benchmarks.users import make_users, refuse_other_answers
from tests.benchmarks.workspaces import SERVICE, Ground

_USERS = 500
_WORK = ("read", "create")
_HEADERS = {"X-API-Key": KEY}


def measure(rounds: int) -> Result:
    """Alternate bursts on both servers, which share one database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="generator-bench-")))
        backing = stack.enter_context(
            open_backing({BackingKind.POSTGRES}, environment=os.environ, use_running=False)
        )
        database = backing.isolate(SERVICE, {BackingKind.POSTGRES})
        ground = Ground(folder=folder)
        connections = PROCESSES * CONNECTIONS
        starts = make_pair(ground, ground.workspace(), database, connections=connections)
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
        for work in _WORK
        for server in servers
    ]


def _result(found: Found, postgres: str) -> Result:
    ratios = [ratio for work in _WORK for ratio in load_ratios(found, work, OURS, PEER)]
    return Result(
        title="The data service under load",
        rows=load_rows(found),
        ratios=(*ratios, memory_ratio(found, "read", OURS, PEER)),
        notes=(
            *load_notes(found),
            f"Each server has one worker and {PROCESSES * CONNECTIONS} database connections.",
            f"Both use the same database: {postgres}.",
            "Server, load and PostgreSQL share the machine: compare, do not take as capacity.",
        ),
    )
