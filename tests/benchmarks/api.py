"""Loads the business API and a minimal one with reads and logins, each in front of its data."""

import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from generator.backing import BackingKind, open_backing
from tests.benchmarks.accounts import CACHED, LOGIN, WORK, Account, log_in, register, texts
from tests.benchmarks.bursts import CONNECTIONS, Found, Plan, alternate
from tests.benchmarks.compared import load_notes, load_ratios, load_rows, memory_ratio
from tests.benchmarks.figures import Ratio, Result
from tests.benchmarks.hashing import argon2_milliseconds
from tests.benchmarks.load import Order
from tests.benchmarks.servers import running
from tests.benchmarks.sides import (
    OURS,
    PASSWORD_MEMORY_KIB,
    PASSWORD_PASSES,
    PASSWORD_THREADS,
    PEER,
    Side,
    prepared_sides,
)
from tests.benchmarks.users import refuse_other_answers
from tests.benchmarks.workspaces import Ground

_PEOPLE = 50
_KINDS = frozenset({BackingKind.POSTGRES, BackingKind.REDIS})


def measure(rounds: int) -> Result:
    """Alternate bursts on both sides, which share one database and one Redis."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="generator-bench-"))
        backing = stack.enter_context(open_backing(_KINDS, environment=os.environ))
        prepared = stack.enter_context(prepared_sides(Ground(folder=Path(folder)), backing))
        sides = [
            Side(api=stack.enter_context(running(side.start)), data=side.data) for side in prepared
        ]
        found = alternate(_plans(sides), rounds)
        servers = ", ".join(started.detail for started in backing.started)
    bare = argon2_milliseconds(
        memory_kib=PASSWORD_MEMORY_KIB, passes=PASSWORD_PASSES, threads=PASSWORD_THREADS
    )
    return _result(found, bare, servers)


def _plans(sides: Sequence[Side]) -> list[Plan]:
    people = register(sides[0].api.port, _PEOPLE)
    accounts = [log_in(side.api.port, people) for side in sides]
    ports = [side.api.port for side in sides]
    for path in (accounts[0][0].path, "/api/v1/users/me"):
        # Twice: the second answer comes from the cache, where there is one.
        for _ in range(2):
            refuse_other_answers(ports, path, [known[0].headers for known in accounts])
    return [
        Plan(work=work, subject=side, order=_order(side, work, known))
        for work in WORK
        for side, known in zip(sides, accounts, strict=True)
    ]


def _order(side: Side, work: str, accounts: Sequence[Account]) -> Order:
    return Order(
        port=side.api.port, connections=CONNECTIONS, seconds=0, texts=texts(work, accounts)
    )


def _result(found: Found, bare: float, servers: str) -> Result:
    ratios = [ratio for work in WORK for ratio in load_ratios(found, work, OURS, PEER)]
    ratios += [
        Ratio(
            what=f"Argon2 alone / {LOGIN} of the {name}, CPU", value=bare / found[LOGIN, name].cpu
        )
        for name in (OURS, PEER)
    ]
    return Result(
        title="The business API under load",
        rows=load_rows(found),
        ratios=(*ratios, memory_ratio(found, CACHED, OURS, PEER)),
        notes=(
            *load_notes(found),
            "CPU and memory are those of the API and its data process together.",
            f"One Argon2 check alone uses {bare:.0f} ms of a processor: it decides about logins.",
            f"An uncached read is `/users/me`: {OURS}, then data service, then PostgreSQL.",
            f"Both sides use the same servers: {servers}.",
            "Processes, load and servers share the machine: compare, do not take as capacity.",
        ),
    )
