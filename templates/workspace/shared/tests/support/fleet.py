"""Several instances of a provider, each a process of its own."""

from __future__ import annotations

import asyncio
import socket
import sys
from asyncio.subprocess import PIPE
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator

    from shared.http.balancing import Address

ROOT = Path(__file__).parents[2]
PROVIDER = "tests.support.provider"


@dataclass(frozen=True)
class Fleet:
    instances: tuple[Process, ...]
    addresses: tuple[Address, ...]


@asynccontextmanager
async def fleet_of(*hosts: str) -> AsyncIterator[Fleet]:
    """Start an instance on a free port of each host, answering its host; kills them in the end."""
    # No environment: these processes need none of the suite's, nor are they measured.
    instances = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", PROVIDER, host, stdout=PIPE, cwd=ROOT, env={}
        )
        for host in hosts
    ]
    try:
        addresses = [
            (host, int(await one.stdout.readline())) if one.stdout else (host, 0)
            for host, one in zip(hosts, instances, strict=True)
        ]
        yield Fleet(tuple(instances), tuple(addresses))
    finally:
        for one in instances:
            if one.returncode is None:
                one.kill()
            await one.communicate()


def closed_port() -> Address:
    """Return an address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host, port = probe.getsockname()
        return host, port
