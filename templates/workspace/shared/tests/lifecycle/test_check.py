"""Whether resources answer, within a time limit."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from shared.lifecycle import Lifecycle, Resource, Resources
from tests.support.resources import Cache, Engine, Session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable


def pinged(kind: type[object], ping: Callable[[object], Awaitable[None]]) -> Resource[object]:
    @asynccontextmanager
    async def opened(_: Resources) -> AsyncIterator[object]:
        yield kind()

    return Resource(provides=kind, open=opened, ping=ping)


async def well(_: object) -> None:
    pass


async def refusing(_: object) -> None:
    message = "password hush refused"
    raise ConnectionError(message)


async def silent(_: object) -> None:
    await asyncio.Event().wait()


async def test_the_check_pings_all_within_the_limit_and_tells_no_details() -> None:
    lifecycle = Lifecycle([pinged(Cache, well), pinged(Engine, refusing), pinged(Session, silent)])

    async with lifecycle, asyncio.timeout(5):
        checks = await lifecycle.check(0.05)

    assert checks == {
        "Cache": "ok",
        "Engine": "ConnectionError",
        "Session": "no answer within 0.05 s",
    }
