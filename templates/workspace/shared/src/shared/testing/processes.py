"""The service as a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from httpx2 import AsyncClient, TransportError

from shared.testing.waiting import wait_until

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def run_app(root: Path, *arguments: str, **variables: str) -> Process:
    """Start `python -m app` in a service's folder, in this environment with these variables."""
    environment = {**os.environ, "PYTHONPATH": "src", **variables}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", *arguments),
        cwd=root,
        env=environment,
        stdout=PIPE,
        stderr=PIPE,
    )


@asynccontextmanager
async def served_app(
    root: Path, headers: Mapping[str, str] | None = None, **variables: str
) -> AsyncIterator[tuple[Process, AsyncClient]]:
    """Serve until the block ends, and yield the process and a client of it once it is ready."""
    port = free_port()
    places = {"PORT": str(port), "METRICS_PORT": str(port), "DRAIN_SECONDS": "0"}
    process = await run_app(root, **(places | variables))
    try:
        url = f"http://127.0.0.1:{port}"
        async with AsyncClient(base_url=url, headers=headers) as client:

            async def ready() -> bool:
                try:
                    return (await client.get("/ready")).is_success
                except TransportError:
                    return False

            await wait_until(ready, timeout_seconds=30, what="readiness")
            yield process, client
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
            await process.wait()
