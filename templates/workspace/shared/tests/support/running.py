"""Starts the service of these tests and reads what it logs."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import PIPE
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2

from shared.testing import wait_until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HOLD = "/api/v1/hold"
# What hangs takes longer; what should end does, however busy the machine is.
EXIT_SECONDS = 60.0
SERVICE = Path(__file__).with_name("service.py")
FRONT = Path(__file__).with_name("front.py")
KEPT = ("PATH", "PYTHONPATH", "COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START")


class Running:
    """A started process and the events it has logged so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.events: list[dict[str, Any]] = []
        self.reading = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.events.append(json.loads(line))

    async def logged(self, text: str) -> dict[str, Any]:
        """Wait for the first event that contains this text."""

        async def found() -> bool:
            return bool(self.all(text)) or self.reading.done()

        await wait_until(found, timeout_seconds=60, what=text)
        return self.all(text)[0]

    def all(self, text: str) -> list[dict[str, Any]]:
        return [event for event in self.events if text in event["message"]]

    async def url(self) -> str:
        started = await self.logged("Uvicorn running on")
        found = re.search(r"http://\S+", started["message"])
        assert found is not None
        return found[0]

    async def code(self) -> int:
        """Wait for the exit code and for the last of the log."""
        async with asyncio.timeout(EXIT_SECONDS):
            code = await self.process.wait()
            await self.reading
        return code


@asynccontextmanager
async def running(script: Path = SERVICE, **variables: object) -> AsyncIterator[Running]:
    """Start the service on a free port; kills it in the end."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    given = {name: str(value) for name, value in variables.items()}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(script),
        stdout=PIPE,
        env=kept | {"SERVICE_NAME": "held", "PORT": "0", "DRAIN_SECONDS": "0"} | given,
    )
    service = Running(process)
    try:
        yield service
    finally:
        if process.returncode is None:
            process.kill()
        await service.code()


async def refuses_connections(service: Running) -> None:
    url = httpx2.URL(await service.url())

    async def refused() -> bool:
        try:
            _, writer = await asyncio.open_connection(url.host, url.port)
        except ConnectionRefusedError:
            return True
        writer.close()
        return False

    await wait_until(refused, what="closing the socket")
