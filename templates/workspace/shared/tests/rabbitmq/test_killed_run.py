"""A killed test run leaves no broker behind."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from urllib.parse import urlsplit

import anyio
import pytest

from shared.testing import wait_until

HOLD = """
import sys
from shared.testing.rabbitmq import own_broker
with own_broker() as broker:
    print(broker._folder, broker.url, flush=True)
    sys.stdin.read()
"""


@pytest.mark.usefixtures("programs")
async def test_a_killed_test_run_leaves_no_broker_and_no_folder() -> None:
    holder = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HOLD), stdin=PIPE, stdout=PIPE
    )
    assert holder.stdout is not None
    folder, url = (await holder.stdout.readline()).decode().split()
    port = urlsplit(url).port
    holder.kill()
    await holder.wait()

    async def gone() -> bool:
        return not await anyio.Path(folder).exists()

    await wait_until(gone, what="the end of the broker", timeout_seconds=30)
    with pytest.raises(ConnectionError):
        await asyncio.open_connection("127.0.0.1", port)
