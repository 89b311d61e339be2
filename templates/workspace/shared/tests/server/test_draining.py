"""While it drains, a service says so and still serves."""

from __future__ import annotations

import signal

import httpx2

from tests.support.running import running


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
