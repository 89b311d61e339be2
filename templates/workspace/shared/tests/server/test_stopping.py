"""SIGTERM finishes what is in hand, and exits with 0."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from tests.support.running import HOLD, refuses_connections, running

if TYPE_CHECKING:
    import httpx2

    from tests.support.gate import Gate


async def test_a_request_in_flight_is_finished_before_anything_is_closed(
    gate: Gate, browser: httpx2.AsyncClient
) -> None:
    async with running(GATE=gate) as service:
        held = asyncio.ensure_future(browser.get(await service.url() + HOLD))
        await service.logged("holding")
        service.process.send_signal(signal.SIGTERM)
        await refuses_connections(service)
        await service.logged("Waiting for connections to close")
        assert not service.all("files closed")
        gate.open()

        assert (await held).json() == "released"
        assert await service.code(within=5) == 0
        order = [event["event"] for event in service.events]
        assert order.index("request") < order.index("files closed")
