"""What an operator sees of a dead letter, and which of them are meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """A message nobody could handle; `payload` is its beginning, `size` all of it in bytes.

    Only these headers are shown: others may hold what is secret.
    """

    id: str
    queue: str
    name: str
    is_event: bool
    reason: str
    error: str
    attempt: int
    enqueued_at: datetime | None
    died_at: datetime | None
    correlation_id: str
    origin: str
    size: int
    payload: str


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which dead letters are meant: those that fit everything that is given.

    `before` and `after` are moments of dying; what does not say when it died fits neither.
    `limit` is how many at most, the oldest first.
    """

    name: str | None = None
    reason: str | None = None
    id: str | None = None
    before: datetime | None = None
    after: datetime | None = None
    limit: int | None = None

    def fits(self, letter: DeadLetter) -> bool:
        """Return whether a dead letter is meant; the limit is the caller's to keep."""
        wanted = ((self.name, letter.name), (self.reason, letter.reason), (self.id, letter.id))
        return all(want is None or want == has for want, has in wanted) and self._in_time(letter)

    def _in_time(self, letter: DeadLetter) -> bool:
        if self.before is None and self.after is None:
            return True
        if letter.died_at is None:
            return False
        early = self.before is None or letter.died_at < self.before
        return early and (self.after is None or letter.died_at > self.after)
