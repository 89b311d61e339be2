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


# A start takes as long as the machine is busy with others; only what hangs takes longer than this.
READY_SECONDS = 100.0


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def run_app(root: Path, *arguments: str, **variables: str) -> Process:
    """Start `python -m app` in a service's folder, in this environment with these variables.

    Its stdout is that of the tests, so pytest shows the log of what failed; a pipe that nobody
    reads would be full one day, and hold the process up.
    """
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", *arguments),
        cwd=root,
        env={**os.environ, "PYTHONPATH": "src", **variables},
        stderr=PIPE,
    )


@asynccontextmanager
async def served_app(
    root: Path, headers: Mapping[str, str] | None = None, /, path: str = "/ready", **variables: str
) -> AsyncIterator[tuple[Process, AsyncClient]]:
    """Serve until the block ends; yield the process and a client once this path is a success.

    Raises RuntimeError with what it says on stderr when it ends instead.
    """
    port = free_port()
    places = {"PORT": str(port), "METRICS_PORT": str(port), "DRAIN_SECONDS": "0"}
    process = await run_app(root, **(places | variables))
    try:
        url = f"http://127.0.0.1:{port}"
        async with AsyncClient(base_url=url, headers=headers) as client:

            async def ready() -> bool:
                if process.returncode is not None:
                    _, error = await process.communicate()
                    text = error.decode(errors="replace")
                    raise RuntimeError(f"it ended with {process.returncode}: {text}")
                try:
                    return (await client.get(path)).is_success
                except TransportError:
                    return False

            await wait_until(ready, timeout_seconds=READY_SECONDS, what="readiness")
            yield process, client
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
            await process.wait()
