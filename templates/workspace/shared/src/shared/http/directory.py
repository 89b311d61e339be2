"""Keeps the addresses of a name for a moment."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.http.resolving import Address, Resolver

REFRESH_SECONDS = 5.0


class Directory:
    """The addresses of one name, asked for again every REFRESH_SECONDS."""

    def __init__(self, resolve: Resolver, host: str, port: int) -> None:
        self._resolve, self._host, self._port = resolve, host, port
        self._known: tuple[Address, ...] = ()
        self._due = 0.0
        self._first = asyncio.Lock()

    async def addresses(self) -> tuple[Address, ...]:
        """Return the addresses; the last known ones while the resolver fails, or else OSError."""
        if not self._known:
            async with self._first:
                if not self._known:
                    await self._refresh()
        elif monotonic() >= self._due:
            # Set first: the others go on with what is known while one asks.
            self._due = monotonic() + REFRESH_SECONDS
            try:
                await self._refresh()
            except OSError:
                return self._known
        return self._known

    def expire(self) -> None:
        """Ask again next time: what is known led nowhere."""
        self._due = 0.0

    async def _refresh(self) -> None:
        found = await self._resolve(self._host, self._port)
        self._known = tuple(dict.fromkeys(found))
        self._due = monotonic() + REFRESH_SECONDS
