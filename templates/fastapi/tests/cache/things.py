"""Values for the cache, and where they come from."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from pydantic import BaseModel

from app.cache import JsonCache
from shared.testing import wait_until


class Thing(BaseModel):
    """A value with more than texts in it."""

    id: UUID
    made: datetime
    parts: dict[str, float | None]
    number: int


class Source:
    """Gives out a new value each time, when it may."""

    def __init__(self) -> None:
        self.loads = 0
        self.error: Exception | None = None
        self.going_on = asyncio.Event()
        self.going_on.set()

    async def __call__(self) -> Thing:
        self.loads += 1
        thing = Thing(
            id=uuid4(), made=datetime.now(UTC), parts={"a": 0.1, "b": None}, number=self.loads
        )
        await self.going_on.wait()
        if self.error is not None:
            raise self.error
        return thing


def started(
    cache: JsonCache, source: Callable[[], Awaitable[Thing]], count: int
) -> "list[asyncio.Future[Thing]]":
    return [asyncio.ensure_future(cache.get("a", Thing, source)) for _ in range(count)]


async def loading(source: Source, loads: int = 1) -> None:
    async def begun() -> bool:
        return source.loads == loads

    await wait_until(begun, what="a load")
