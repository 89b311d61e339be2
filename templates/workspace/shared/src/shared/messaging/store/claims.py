"""Claims messages in Redis; the owner's token says who may write, and for which attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from uuid import uuid4

from shared.messaging.records import Claim, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from shared.messaging.records import Subject
    from shared.messaging.store.held import Held
    from shared.messaging.store.keys import Keys
    from shared.messaging.store.scripts import Scripts


class RedisClaims:
    """The port `Claims` on Redis: each method is one script."""

    def __init__(
        self, scripts: Scripts, keys: Keys, held: Held, lease_seconds: float, keep_seconds: float
    ) -> None:
        self._scripts, self._keys, self._held = scripts, keys, held
        self._lease, self._keep = round(lease_seconds * 1000), round(keep_seconds * 1000)

    async def begin(self, subject: Subject, attempt: int) -> Claim:
        """Claim the right to run it, and hold it until it is settled."""
        token = f"{attempt}:{uuid4().hex}"
        keys = (self._keys.subject(subject), self._keys.leases(subject.queue))
        words = (*_known(subject, attempt), token, self._lease, self._keep)
        answer = await self._scripts.run("begin", keys, words)
        verdict, wait = cast("tuple[str, int]", answer)
        if verdict != Verdict.RUN:
            return Claim(verdict=Verdict(verdict), seconds=wait / 1000)
        self._held.add(token, keys, words)
        return Claim(verdict=Verdict.RUN, token=token)

    async def complete(
        self, subject: Subject, token: str, *, seconds: float, result: bytes | None
    ) -> bool:
        """Write that it is done."""
        return await self._settle("complete", subject, token, seconds, (result or b"").decode())

    async def retry(
        self, subject: Subject, token: str, *, seconds: float, error: str, due: datetime
    ) -> bool:
        """Write that it is tried again."""
        at = round(due.timestamp() * 1000)
        return await self._settle("retry", subject, token, seconds, error, at)

    async def fail(
        self, subject: Subject, token: str, *, seconds: float, error: str, reason: str
    ) -> bool:
        """Write that it has failed for good."""
        return await self._settle("fail", subject, token, seconds, error, reason)

    async def release(self, subject: Subject, token: str) -> bool:
        """Give the claim back as if it had not begun."""
        self._held.drop(token)
        keys = (self._keys.subject(subject), self._keys.leases(subject.queue))
        words = (subject.id, _attempt(token), token, self._keep)
        return bool(await self._scripts.run("release", keys, words))

    async def _settle(
        self, script: str, subject: Subject, token: str, seconds: float, *more: str | float
    ) -> bool:
        self._held.drop(token)
        queue = subject.queue
        keys = (self._keys.subject(subject), self._keys.leases(queue), self._keys.stats(queue))
        known = (*_known(subject, _attempt(token)), token)
        answer = await self._scripts.run(script, keys, (*known, self._keep, seconds, *more))
        return bool(answer)


def _known(subject: Subject, attempt: int) -> tuple[str, str, str, int]:
    return subject.id, subject.name, subject.queue, attempt


def _attempt(token: str) -> int:
    return int(token.partition(":")[0] or 0)
