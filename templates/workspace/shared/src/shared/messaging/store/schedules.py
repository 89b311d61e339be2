"""Remembers in Redis for which times schedules were enqueued, and who is about to do so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from shared.messaging.store.scripts import read_time

if TYPE_CHECKING:
    from datetime import datetime

    from shared.messaging.store.scripts import Keys, Scripts

# Longer than an enqueuing can take; who claims and dies keeps the others waiting for so long.
CLAIM_MILLISECONDS = 30_000


class RedisSchedules:
    """One record for each schedule, kept for good. All raise UnavailableError."""

    def __init__(self, scripts: Scripts, keys: Keys) -> None:
        self._scripts, self._keys = scripts, keys

    async def over(self, name: str, now: datetime) -> datetime:
        """Return the time up to which all is done: a schedule nobody knows begins now."""
        keys = (self._keys.schedule(name),)
        return read_time(
            cast("int", await self._scripts.run("schedule_over", keys, (_number(now),)))
        )

    async def claim(self, name: str, due: datetime, token: str) -> Literal["mine", "busy", "done"]:
        """Claim the right to enqueue for that time, which a dead owner loses after a while."""
        args = (_number(due), token, CLAIM_MILLISECONDS)
        answer = await self._scripts.run("schedule_claim", (self._keys.schedule(name),), args)
        return cast("Literal['mine', 'busy', 'done']", answer)

    async def done(self, name: str, due: datetime) -> None:
        """Write that it was enqueued for that time."""
        await self._scripts.run("schedule_done", (self._keys.schedule(name),), (_number(due),))

    async def last_run(self, name: str) -> datetime | None:
        """Return the last time for which it was enqueued; None if there was none."""
        found = await self._scripts.read(self._keys.schedule(name))
        return read_time(found["last"]) if "last" in found else None


def _number(time: datetime) -> int:
    return round(time.timestamp() * 1000)
