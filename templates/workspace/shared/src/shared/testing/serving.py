"""The service as a process that serves, and a client of it."""

from __future__ import annotations

import signal
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from httpx2 import AsyncClient, TransportError

from shared.testing.ports import free_port
from shared.testing.processes import run_app
from shared.testing.waiting import wait_until

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path


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
