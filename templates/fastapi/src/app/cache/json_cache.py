"""Cache-aside: reads a value from Redis or loads it, once for all who want it meanwhile.

A read that begins after a change was acknowledged never gets what was there before it, anywhere:
it gets a value that Redis has, or one that is loaded under the lease that counts when it asks.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter
from pydantic import BaseModel, ValidationError

from app.cache.leases import Leases
from app.cache.single_flight import SingleFlight
from shared.errors import UnavailableError

ModelT = TypeVar("ModelT", bound=BaseModel)

# How long to wait for a value that another process loads, and how often to look.
WAIT_SECONDS = 2.0
POLL_SECONDS = 0.02


class JsonCache:
    """Keeps models as JSON; while Redis is away, or full, everything is loaded."""

    def __init__(self, leases: Leases, registry: CollectorRegistry) -> None:
        self._leases = leases
        self._flights: SingleFlight[BaseModel] = SingleFlight()
        # Names whose values could not be removed, until when these may be there.
        self._unremoved: dict[str, float] = {}
        reads = Counter("cache_reads", "Reads by outcome.", ("outcome",), registry=registry)
        self._hit, self._miss = reads.labels("hit"), reads.labels("miss")
        self._unavailable = reads.labels("unavailable")

    async def get(
        self, name: str, kind: type[ModelT], load: Callable[[], Awaitable[ModelT]]
    ) -> ModelT:
        """Return the value of this name, from the cache or as it is loaded and then kept.

        Raises what `load` raises; that is not kept.
        """
        try:
            if self._unremoved:
                await self._remove_rest()
            found = await self._read(name, kind)
        except UnavailableError:
            self._unavailable.inc()
            return await load()
        if found is not None:
            self._hit.inc()
            return found
        self._miss.inc()
        return await self._load(name, kind, load)

    async def forget(self, name: str) -> None:
        """Have the value loaded anew, whatever is being loaded now.

        While Redis is away nothing can be removed. This process then reads nothing from the cache
        until it has been; others may get the old value for as long, CACHE_TTL_SECONDS at most.
        """
        try:
            await self._leases.forget(name)
        except UnavailableError:
            self._unremoved[name] = monotonic() + self._leases.ttl_seconds

    async def close(self) -> None:
        """Wait for what is being loaded."""
        await self._flights.drain()

    async def _load(
        self, name: str, kind: type[ModelT], load: Callable[[], Awaitable[ModelT]]
    ) -> ModelT:
        lease, deadline = "", monotonic() + WAIT_SECONDS
        with suppress(UnavailableError):
            while not lease and monotonic() < deadline:
                turn = await self._leases.take(name)
                if turn.value and (found := await self._parse(name, kind, turn.value)):
                    return found
                if turn.is_own or self._flights.is_flying(f"{name} {turn.lease}"):
                    lease = turn.lease
                else:
                    await asyncio.sleep(POLL_SECONDS)
        if not lease:
            return await load()
        keep = self._loader(name, lease, load)
        return kind.model_validate(await self._flights.do(f"{name} {lease}", keep))

    def _loader(
        self, name: str, lease: str, load: Callable[[], Awaitable[ModelT]]
    ) -> Callable[[], Awaitable[ModelT]]:
        async def load_and_keep() -> ModelT:
            try:
                loaded = await load()
            except BaseException:
                with suppress(UnavailableError):
                    await self._leases.give_back(name, lease)
                raise
            with suppress(UnavailableError):
                await self._leases.keep(name, lease, loaded.model_dump_json())
            return loaded

        return load_and_keep

    async def _remove_rest(self) -> None:
        now = monotonic()
        unremoved = [name for name, until in self._unremoved.items() if until > now]
        self._unremoved = {name: self._unremoved[name] for name in unremoved}
        if unremoved:
            await self._leases.forget(*unremoved)
            for name in unremoved:
                self._unremoved.pop(name, None)

    async def _read(self, name: str, kind: type[ModelT]) -> ModelT | None:
        text = await self._leases.read(name)
        return None if text is None else await self._parse(name, kind, text)

    async def _parse(self, name: str, kind: type[ModelT], text: str) -> ModelT | None:
        try:
            return kind.model_validate_json(text)
        except ValidationError:
            # Another version of this service kept it.
            await self._leases.forget(name)
            return None
