"""Stands between a service and what it connects to, to be cut, frozen and joined again."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from pydantic import SecretStr

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.messaging.settings import BrokerSettings


class Proxy:
    """Forwards one local port to an address for as long as it is joined."""

    def __init__(self, host: str, port: int) -> None:
        self.port = 0
        self._target = host, port
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self._flowing = asyncio.Event()
        self._flowing.set()

    def freeze(self) -> None:
        """Accept connections and bytes but pass nothing on, like a process that was stopped."""
        self._flowing.clear()

    def thaw(self) -> None:
        """Pass on what came meanwhile, and what comes."""
        self._flowing.set()

    async def join(self) -> None:
        """Accept connections, on the same port as before."""
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Refuse connections and break those there are."""
        self.thaw()
        if self._server is not None:
            # What is half accepted when a server closes, asyncio would leave open.
            for listening in self._server.sockets:
                asyncio.get_running_loop().remove_reader(listening.fileno())
            for _ in range(3):
                await asyncio.sleep(0)
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()
        await asyncio.sleep(0)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        target_reader, target_writer = await asyncio.open_connection(*self._target)
        if writer.transport.is_closing():
            # It was cut meanwhile.
            target_writer.transport.abort()
            return
        self._writers.append(target_writer)
        await asyncio.gather(self._copy(reader, target_writer), self._copy(target_reader, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def proxy(host: str, port: int) -> AsyncIterator[Proxy]:
    """Yield a joined proxy and cut it at the end."""
    between = Proxy(host, port)
    await between.join()
    try:
        yield between
    finally:
        await between.cut()


SettingsT = TypeVar("SettingsT", bound="BrokerSettings")


@asynccontextmanager
async def broker_proxy(settings: SettingsT) -> AsyncIterator[tuple[Proxy, SettingsT]]:
    """Yield what stands before the broker, and settings with its address."""
    url = urlsplit(settings.amqp_url.get_secret_value())
    async with proxy(url.hostname or "", url.port or 5672) as between:
        yield between, through(settings, between.port)


def through(settings: SettingsT, port: int) -> SettingsT:
    """Return the settings with that port of this machine as the broker's address."""
    url = urlsplit(settings.amqp_url.get_secret_value())
    login, at, _ = url.netloc.rpartition("@")
    moved = url._replace(netloc=f"{login}{at}127.0.0.1:{port}").geturl()
    return settings.model_copy(update={"amqp_url": SecretStr(moved)})
