"""Renews what this process has claimed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from shared.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shared.messaging.store.scripts import Scripts

RENEWALS_PER_LEASE = 3


class Leases:
    """The claims of this process, renewed together before their leases are over."""

    def __init__(self, scripts: Scripts, lease_seconds: float) -> None:
        self._scripts, self._lease_seconds = scripts, lease_seconds
        self._calls: dict[str, tuple[Sequence[str], Sequence[str | float]]] = {}
        self._when_lost: dict[str, Callable[[], None]] = {}
        self._log = structlog.stdlib.get_logger(__name__)

    def add(self, token: str, keys: Sequence[str], args: Sequence[str | float]) -> None:
        """Renew this claim from now on, by calling the script with these."""
        self._calls[token] = (keys, args)

    def when_lost(self, token: str, act: Callable[[], None]) -> None:
        """Have this done when somebody else has the claim."""
        self._when_lost[token] = act

    def drop(self, token: str) -> None:
        """Renew it no more."""
        self._calls.pop(token, None)
        self._when_lost.pop(token, None)

    async def renew_forever(self) -> None:
        """Renew for ever; while Redis is away it is tried again."""
        while True:
            await asyncio.sleep(self._lease_seconds / RENEWALS_PER_LEASE)
            try:
                await self.renew()
            except UnavailableError:
                self._log.warning("claims could not be renewed", claims=len(self._calls))

    async def renew(self) -> None:
        """Renew all once; raises UnavailableError."""
        calls = dict(self._calls)
        answers = await self._scripts.run_each("renew", tuple(calls.values()))
        for token, renewed in zip(calls, answers, strict=True):
            # Meanwhile it may have been settled, and then there was nothing to renew.
            if not renewed and token in self._calls:
                lost = self._when_lost.get(token)
                self.drop(token)
                if lost is not None:
                    lost()
                self._log.warning("somebody else has taken a claim over", id=calls[token][1][0])
