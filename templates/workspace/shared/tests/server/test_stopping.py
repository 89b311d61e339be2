"""SIGTERM drains, finishes what is in hand, and exits with 0."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import httpx2

from tests.support.running import HOLD, refuses_connections, running

if TYPE_CHECKING:
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


async def test_while_draining_ready_says_503_and_requests_are_still_served(
    browser: httpx2.AsyncClient,
) -> None:
    async with running(DRAIN_SECONDS=600) as service:
        url = await service.url()
        assert (await browser.get(url + "/ready")).status_code == 200
        service.process.send_signal(signal.SIGTERM)
        await service.logged("stopping")

        async with httpx2.AsyncClient() as newcomer:
            ready = await newcomer.get(url + "/ready")
            assert (ready.status_code, ready.json()["detail"]) == (503, "draining")
            assert (await newcomer.get(url + "/health")).status_code == 200
            assert (await newcomer.get(url + "/api/v1/items/3")).json() == 3


async def test_an_idle_connection_does_not_hold_up_the_end(
    browser: httpx2.AsyncClient,
) -> None:
    async with running(SHUTDOWN_GRACE_SECONDS=600) as service:
        await browser.get(await service.url() + "/health")
        service.process.send_signal(signal.SIGTERM)

        assert await service.code(within=5) == 0
