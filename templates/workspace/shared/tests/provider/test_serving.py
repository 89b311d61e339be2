"""An application is served until the block ends, however it ends."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx2
import pytest

from shared.testing.provider import serving

if TYPE_CHECKING:
    from shared.testing.provider import Provider


async def test_nothing_of_it_is_left_behind(fake: Provider) -> None:
    urls, before = [], asyncio.all_tasks()

    async def fail() -> None:
        async with serving(fake) as url, httpx2.AsyncClient() as client:
            urls.append(url)
            assert (await client.get(f"{url}/health")).status_code == 200
            raise RuntimeError("a test that fails")

    with pytest.raises(RuntimeError):
        await fail()
    assert asyncio.all_tasks() == before
    async with httpx2.AsyncClient() as client:
        with pytest.raises(httpx2.ConnectError):
            await client.get(urls[0])
