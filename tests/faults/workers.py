"""Worker processes of a run."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Sequence
from pathlib import Path

from shared.testing.waiting import wait_until
from tests.faults.arena import PREFIX, Arena
from tests.support.checkout import PROJECT

SHARED = PROJECT / "templates/workspace/shared/src"
CLAIM_SECONDS = "2"
_START_SECONDS, _STOP_SECONDS = 60.0, 40.0


class Worker:
    """One process; what it says is in its log."""

    def __init__(self, process: Process, log: Path) -> None:
        self._process, self.log = process, log

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    async def kill(self) -> None:
        """End it as `kill -9` does."""
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def end(self) -> None:
        """Wait until it ends by itself."""
        async with asyncio.timeout(_STOP_SECONDS):
            await self._process.wait()

    async def terminate(self) -> int:
        """Have it stop, and return its exit code."""
        self._process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(_STOP_SECONDS):
            return await self._process.wait()

    async def is_ready(self, folder: Path) -> bool:
        """Say whether it is, or was, at work; fails when it has ended before."""
        ended = self._process.returncode is not None
        is_ready = (folder / f"ready-{self.pid}").exists()
        assert is_ready or not ended, self.log.read_text()[-3000:]
        return is_ready


async def start_worker(
    arena: Arena,
    run: str,
    amqp_url: str,
    event_queues: Sequence[str] = (),
    module: str = "tests.faults.worker",
) -> Worker:
    """Start a worker, or what the module is, and return as soon as it is at work."""
    servers = arena.servers
    log = servers.folder / f"{run}.log"
    variables = {
        "PYTHONPATH": f"{SHARED}{os.pathsep}{PROJECT}",
        "SERVICE_NAME": run,
        "LOG_LEVEL": "WARNING",
        "SHUTDOWN_GRACE_SECONDS": "20",
        "DRAIN_SECONDS": "0",
        "AMQP_URL": amqp_url,
        "REDIS_URL": servers.redis.url,
        "MESSAGING_PREFIX": PREFIX,
        "TASK_CLAIM_SECONDS": CLAIM_SECONDS,
        "UNKNOWN_MESSAGE_SECONDS": "1",
        "DATA_URL": f"http://127.0.0.1:{arena.to_data.port}",
        "RUN": run,
        "FOLDER": str(servers.folder),
        "EVENT_QUEUES": ",".join(event_queues),
    }
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module),
            env={**os.environ, **variables},
            stdout=output,
            stderr=output,
        )
    worker = Worker(process, log)

    async def ready() -> bool:
        return await worker.is_ready(servers.folder)

    await wait_until(ready, timeout_seconds=_START_SECONDS, what="the worker's start")
    return worker
