"""Has pictures decoded by processes of their own: a few, each of them bounded and expendable."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

import app
from app import decoder
from app.decoder.imaging import Limits, PictureError, Pictures
from app.decoder.protocol import (
    LENGTH,
    RESPONSE_PARTS,
    DecoderError,
    pack_request_head,
    read_response,
)

_COMMAND = (sys.executable, "-m", decoder.__name__)


class DecoderPool:
    """Processes as many pictures at once as there are decoders; the others wait.

    Use it as an async context manager. A decoder starts with the first picture for it.
    """

    def __init__(self, decoders: int, limits: Limits) -> None:
        self._limits = limits
        self._free = asyncio.Semaphore(decoders)
        self._idle: list[Process] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(_end(process) for process in self._idle))
        self._idle.clear()

    async def process(self, content: AsyncIterable[bytes], size: int) -> Pictures:
        """Return what is made of a picture, whose bytes are asked for when there is a decoder.

        Raises `PictureError` when it is the picture's fault and `DecoderError` when it is not
        known to be: a decoder that was killed, or lacked memory. Cancelled, by a time limit for
        instance, it ends the decoder at once.
        """
        async with self._free, self._decoder() as process:
            try:
                return read_response(*await self._exchange(process, content, size))
            except (asyncio.IncompleteReadError, ConnectionError):
                code = await process.wait()
                raise DecoderError(f"its decoder was ended ({_to_text(code)})") from None

    async def _exchange(
        self, process: Process, content: AsyncIterable[bytes], size: int
    ) -> list[bytes]:
        if process.stdin is None or process.stdout is None:
            raise ConnectionError("no pipes")
        process.stdin.write(pack_request_head(self._limits, size))
        async for chunk in content:
            process.stdin.write(chunk)
            await process.stdin.drain()
        await process.stdin.drain()
        parts = []
        for _ in range(RESPONSE_PARTS):
            head = await process.stdout.readexactly(LENGTH.size)
            parts.append(await process.stdout.readexactly(LENGTH.unpack(head)[0]))
        return parts

    @asynccontextmanager
    async def _decoder(self) -> AsyncIterator[Process]:
        process = self._idle.pop() if self._idle else await _start()
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


async def _start() -> Process:
    # The package is found as this process found it, installed or not.
    found = str(Path(app.__path__[0]).parent)
    path = os.pathsep.join(filter(None, (found, os.environ.get("PYTHONPATH"))))
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": path}
    # A group of its own: what ends this process by the keyboard lets the picture be finished.
    return await asyncio.create_subprocess_exec(
        *_COMMAND, stdin=PIPE, stdout=PIPE, env=environment, start_new_session=True
    )


async def _end(process: Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    await process.wait()


def _to_text(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
