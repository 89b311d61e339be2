"""Claims messages in Redis, and renews what this process has claimed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from uuid import uuid4

import structlog

from shared.errors import UnavailableError
from shared.messaging.ports import Claim, ClaimResult

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from shared.messaging.ports import ClaimKey
    from shared.messaging.store.scripts import Keys, Scripts


RENEWALS_PER_LEASE = 3


@dataclass(frozen=True, kw_only=True)
class Lifetimes:
    """How long a record is kept after it was last written, in seconds."""

    task: float
    event: float

    def milliseconds(self, claim_key: ClaimKey) -> int:
        """Return the lifetime of what is claimed."""
        return round((self.event if claim_key.is_event else self.task) * 1000)


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


class RedisClaims:
    """The port `ClaimStore` on Redis: each method is one script."""

    def __init__(
        self,
        scripts: Scripts,
        keys: Keys,
        leases: Leases,
        lease_seconds: float,
        lifetimes: Lifetimes,
    ) -> None:
        self._scripts, self._keys, self._leases = scripts, keys, leases
        self._lease, self._lifetimes = round(lease_seconds * 1000), lifetimes

    async def begin(self, claim_key: ClaimKey, attempt: int) -> Claim:
        """Claim the right to run it, and hold it until it is settled."""
        token = f"{attempt}:{uuid4().hex}"
        keys = (self._keys.claim_key(claim_key), self._keys.leases(claim_key.queue))
        keep = self._lifetimes.milliseconds(claim_key)
        args = (*_known(claim_key, attempt), token, self._lease, keep)
        answer = await self._scripts.run("begin", keys, args)
        result, wait = cast("tuple[str, int]", answer)
        if result != ClaimResult.RUN:
            return Claim(result=ClaimResult(result), seconds=wait / 1000)
        self._leases.add(token, keys, args)
        return Claim(result=ClaimResult.RUN, token=token)

    def when_lost(self, token: str, act: Callable[[], None]) -> None:
        """Have this done when somebody else takes over what the token stands for."""
        self._leases.when_lost(token, act)

    async def complete(
        self, claim_key: ClaimKey, token: str, *, seconds: float, result: bytes | None
    ) -> bool:
        """Write that it is done."""
        return await self._settle("complete", claim_key, token, seconds, (result or b"").decode())

    async def retry(
        self, claim_key: ClaimKey, token: str, *, seconds: float, error: str, due: datetime
    ) -> bool:
        """Write that it is tried again."""
        at = round(due.timestamp() * 1000)
        return await self._settle("retry", claim_key, token, seconds, error, at)

    async def fail(
        self, claim_key: ClaimKey, token: str, *, seconds: float, error: str, reason: str
    ) -> bool:
        """Write that it has failed for good."""
        return await self._settle("fail", claim_key, token, seconds, error, reason)

    async def release(self, claim_key: ClaimKey, token: str) -> bool:
        """Give the claim back as if it had not begun."""
        self._leases.drop(token)
        keys = (self._keys.claim_key(claim_key), self._keys.leases(claim_key.queue))
        keep = self._lifetimes.milliseconds(claim_key)
        args = (claim_key.id, _attempt(token), token, keep)
        return bool(await self._scripts.run("release", keys, args))

    async def _settle(
        self, script: str, claim_key: ClaimKey, token: str, seconds: float, *more: str | float
    ) -> bool:
        self._leases.drop(token)
        queue = claim_key.queue
        keys = (self._keys.claim_key(claim_key), self._keys.leases(queue), self._keys.stats(queue))
        known = (*_known(claim_key, _attempt(token)), token)
        keep = self._lifetimes.milliseconds(claim_key)
        answer = await self._scripts.run(script, keys, (*known, keep, seconds, *more))
        return bool(answer)


def _known(claim_key: ClaimKey, attempt: int) -> tuple[str, str, str, int]:
    return claim_key.id, claim_key.name, claim_key.queue, attempt


def _attempt(token: str) -> int:
    return int(token.partition(":")[0] or 0)
