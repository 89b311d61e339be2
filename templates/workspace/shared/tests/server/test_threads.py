"""A thread cannot be cut, and does not keep the process."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from shared.server import CLOSE_SECONDS
from tests.support.running import running

if TYPE_CHECKING:
    import httpx2


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
