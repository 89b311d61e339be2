"""A second signal does not wait for anything."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from tests.support.running import HOLD, refuses_connections, running

if TYPE_CHECKING:
    import httpx2

    from tests.support.gate import Gate


async def test_a_second_signal_stops_at_once(gate: Gate, browser: httpx2.AsyncClient) -> None:
    async with running(GATE=gate, SHUTDOWN_GRACE_SECONDS=600) as service:
        held = asyncio.ensure_future(browser.get(await service.url() + HOLD))
        await service.logged("holding")
        service.process.send_signal(signal.SIGTERM)
        await refuses_connections(service)
        service.process.send_signal(signal.SIGINT)

        assert await service.code(within=2) == 128 + signal.SIGINT
        await asyncio.gather(held, return_exceptions=True)
