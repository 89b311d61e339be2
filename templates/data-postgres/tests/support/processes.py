"""The service as a process of its own."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from httpx2 import AsyncClient, TransportError

from shared.testing import wait_until
from tests.support.environment import API_KEY

ROOT = Path(__file__).parents[2]


async def run(*arguments: str, **variables: str) -> Process:
    """Start `python -m app` with these arguments, in this environment with these variables."""
    environment = {**os.environ, "PYTHONPATH": "src", **variables}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app", *arguments, cwd=ROOT, env=environment, stdout=PIPE, stderr=PIPE
    )


@asynccontextmanager
async def served(**variables: str) -> AsyncIterator[tuple[Process, AsyncClient]]:
    """Serve until the block ends, and yield the process and a client of it once it is ready."""
    port = _free_port()
    process = await run(PORT=str(port), DRAIN_SECONDS="0", **variables)
    try:
        url, headers = f"http://127.0.0.1:{port}", {"X-API-Key": API_KEY}
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
