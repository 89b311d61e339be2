"""Cache-aside: reads a value from Redis or loads it, once for all who want it meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter
from pydantic import BaseModel, ValidationError

from app.cache.flights import Flights
from app.cache.leases import Leases, Turn
from shared.errors import UnavailableError

ModelT = TypeVar("ModelT", bound=BaseModel)

# How long to wait for a value that another process loads, and how often to look.
PATIENCE_SECONDS = 2.0
POLL_SECONDS = 0.02


class JsonCache:
    """Keeps models as JSON; while Redis is away everything is loaded."""

    def __init__(self, leases: Leases, registry: CollectorRegistry) -> None:
        self._leases = leases
        self._flights: Flights[BaseModel] = Flights()
        self._reads = Counter("cache_reads", "Reads by outcome.", ("outcome",), registry=registry)

    async def get(
        self, name: str, kind: type[ModelT], load: Callable[[], Awaitable[ModelT]]
    ) -> ModelT:
        """Return the value of this name, from the cache or as it is loaded and then kept.

        Raises what `load` raises; that is not kept.
        """
        try:
            found = await self._read(name, kind)
            outcome = "miss" if found is None else "hit"
        except UnavailableError:
            found, outcome = None, "unavailable"
        self._reads.labels(outcome).inc()
        if found is not None:
            return found
        loaded = await self._flights.join(name, lambda: self._load(name, kind, load))
        return kind.model_validate(loaded)

    async def forget(self, name: str) -> None:
        """Have the value loaded anew, whatever is being loaded now.

        While Redis is away nothing can be removed: an old value may come back with it, for as
        long as it would have been kept.
        """
        self._flights.leave(name)
        with suppress(UnavailableError):
            await self._leases.forget(name)

    async def close(self) -> None:
        """Wait for what is being loaded."""
        await self._flights.land()

    async def _load(
        self, name: str, kind: type[ModelT], load: Callable[[], Awaitable[ModelT]]
    ) -> ModelT:
        turn, deadline = Turn(), monotonic() + PATIENCE_SECONDS
        with suppress(UnavailableError):
            while not (turn := await self._leases.take(name)).lease and monotonic() < deadline:
                if turn.value and (found := await self._parsed(name, kind, turn.value)):
                    return found
                await asyncio.sleep(POLL_SECONDS)
        return await load() if turn.lease is None else await self._kept(name, turn.lease, load)

    async def _kept(self, name: str, lease: str, load: Callable[[], Awaitable[ModelT]]) -> ModelT:
        try:
            loaded = await load()
        except BaseException:
            with suppress(UnavailableError):
                await self._leases.give_back(name, lease)
            raise
        with suppress(UnavailableError):
            await self._leases.keep(name, lease, loaded.model_dump_json())
        return loaded

    async def _read(self, name: str, kind: type[ModelT]) -> ModelT | None:
        text = await self._leases.read(name)
        return None if text is None else await self._parsed(name, kind, text)

    async def _parsed(self, name: str, kind: type[ModelT], text: str) -> ModelT | None:
        try:
            return kind.model_validate_json(text)
        except ValidationError:
            # Another version of this service kept it.
            await self._leases.forget(name)
            return None
