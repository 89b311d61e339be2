"""Has pictures decoded by processes of their own: a few, each of them bounded and expendable."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

import app
from app.media import decoding, wire
from app.media.limits import Limits
from app.media.pictures import PictureError, Pictures

_COMMAND = (sys.executable, "-m", decoding.__name__)


class Studio:
    """Processes as many pictures at once as there are processes; the others wait.

    Use it as an async context manager.
    """

    def __init__(self, processes: int, limits: Limits) -> None:
        self._limits = limits
        self._free = asyncio.Semaphore(processes)
        self._idle: list[Process] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(_ended(process) for process in self._idle))
        self._idle.clear()

    async def process(self, content: bytes) -> Pictures:
        """Return what is made of a picture; raises `PictureError`.

        Cancelled, by a time limit for instance, it ends the process at once.
        """
        async with self._free, self._process() as process:
            try:
                return wire.pictures_of(*await self._answer(process, content))
            except (asyncio.IncompleteReadError, ConnectionError):
                # The decoder crashed: the next attempt would as well.
                await process.wait()
                raise PictureError("it broke the process that decoded it") from None

    async def _answer(self, process: Process, content: bytes) -> list[bytes]:
        if process.stdin is None or process.stdout is None:
            raise ConnectionError("no pipes")
        process.stdin.write(wire.request(content, self._limits))
        await process.stdin.drain()
        parts = []
        for _ in range(wire.ANSWER_PARTS):
            head = await process.stdout.readexactly(wire.LENGTH.size)
            parts.append(await process.stdout.readexactly(wire.LENGTH.unpack(head)[0]))
        return parts

    @asynccontextmanager
    async def _process(self) -> AsyncIterator[Process]:
        process = self._idle.pop() if self._idle else await _started()
        reusable = False
        try:
            yield process
            reusable = True
        except PictureError:
            reusable = process.returncode is None
            raise
        finally:
            if reusable:
                self._idle.append(process)
            elif process.returncode is None:
                process.kill()


async def _started() -> Process:
    # The package is found as this process found it, installed or not.
    found = str(Path(app.__path__[0]).parent)
    path = os.pathsep.join(filter(None, (found, os.environ.get("PYTHONPATH"))))
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": path}
    # A group of its own: what ends this process by the keyboard lets the picture be finished.
    return await asyncio.create_subprocess_exec(
        *_COMMAND, stdin=PIPE, stdout=PIPE, env=environment, start_new_session=True
    )


async def _ended(process: Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    await process.wait()
