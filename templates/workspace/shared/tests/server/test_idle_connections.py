"""A connection that nobody uses does not hold up the end."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from tests.support.running import running

if TYPE_CHECKING:
    import httpx2


async def test_an_idle_connection_does_not_hold_up_the_end(
    browser: httpx2.AsyncClient,
) -> None:
    async with running(SHUTDOWN_GRACE_SECONDS=600) as service:
        await browser.get(await service.url() + "/health")
        service.process.send_signal(signal.SIGTERM)

        assert await service.code(within=5) == 0
