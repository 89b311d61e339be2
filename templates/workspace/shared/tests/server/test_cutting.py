"""What does not end within the grace time is cut."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from shared.server import CLOSE_SECONDS
from tests.support.running import HOLD, refuses_connections, running

if TYPE_CHECKING:
    import httpx2

    from tests.support.gate import Gate


async def test_a_request_longer_than_the_grace_is_cut(
    gate: Gate, browser: httpx2.AsyncClient
) -> None:
    async with running(GATE=gate, SHUTDOWN_GRACE_SECONDS=1) as service:
        held = asyncio.ensure_future(browser.get(await service.url() + HOLD))
        await service.logged("holding")
        service.process.send_signal(signal.SIGTERM)

        assert await service.code(within=1 + CLOSE_SECONDS) == 0
        assert service.all("files closed")
        assert (await held).json().items() >= {"status": 503, "code": "unavailable"}.items()
        assert not service.all("Exception")


async def test_a_thread_that_cannot_be_cut_does_not_keep_the_process(
    browser: httpx2.AsyncClient,
) -> None:
    async with running(SHUTDOWN_GRACE_SECONDS=0) as service:
        held = asyncio.ensure_future(browser.get(await service.url() + "/api/v1/block"))
        await service.logged("blocking")
        service.process.send_signal(signal.SIGTERM)

        assert await service.code(within=CLOSE_SECONDS + 3) == 1
        assert service.all("files closed")
        await asyncio.gather(held, return_exceptions=True)


async def test_a_second_signal_stops_at_once(gate: Gate, browser: httpx2.AsyncClient) -> None:
    async with running(GATE=gate, SHUTDOWN_GRACE_SECONDS=600) as service:
        held = asyncio.ensure_future(browser.get(await service.url() + HOLD))
        await service.logged("holding")
        service.process.send_signal(signal.SIGTERM)
        await refuses_connections(service)
        service.process.send_signal(signal.SIGINT)

        assert await service.code(within=2) == 128 + signal.SIGINT
        await asyncio.gather(held, return_exceptions=True)
