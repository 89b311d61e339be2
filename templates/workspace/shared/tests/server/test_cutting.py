"""A request that does not end within the grace time is cut."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from shared.server import CLOSE_SECONDS
from tests.support.running import HOLD, running

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
