"""A dead letter as an operator sees it, and which of them are meant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shared.messaging import headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiormq.abc import DeliveredMessage

UNKNOWN = "unknown"
PAYLOAD_CHARACTERS = 2000

_NEVER = datetime.max.replace(tzinfo=UTC)


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

    @property
    def age_key(self) -> tuple[datetime, str]:
        """What the oldest come first by; those that do not say when they died are the last."""
        return self.died_at or _NEVER, self.id


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
        """Return whether a dead letter is meant, whatever the limit."""
        wanted = ((self.name, letter.name), (self.reason, letter.reason), (self.id, letter.id))
        if any(want is not None and want != has for want, has in wanted):
            return False
        if letter.died_at is None:
            return self.before is None and self.after is None
        is_before = self.before is None or letter.died_at < self.before
        return is_before and (self.after is None or letter.died_at > self.after)


def letter_of(message: DeliveredMessage, queue: str) -> DeadLetter:
    """Return what is shown of a message, ours or the broker's, whatever its headers hold."""
    sent = message.header.properties
    carried: Mapping[str, Any] = sent.headers or {}
    # The newest is the first; a message that has waited has others, of the waiting queues.
    deaths = carried.get("x-death")
    newest = deaths[0] if isinstance(deaths, list) and deaths else None
    death = newest if isinstance(newest, dict) else {}
    attempt = carried.get(headers.ATTEMPT)
    body = message.body
    return DeadLetter(
        id=sent.message_id or "",
        queue=queue,
        name=_text(carried.get(headers.TASK) or carried.get(headers.EVENT)) or UNKNOWN,
        is_event=headers.EVENT in carried,
        reason=_text(carried.get(headers.REASON) or death.get("reason")) or UNKNOWN,
        error=_text(carried.get(headers.ERROR)),
        attempt=attempt if isinstance(attempt, int) else 1,
        enqueued_at=sent.timestamp,
        died_at=_moment(carried.get(headers.DIED_AT) or death.get("time")),
        correlation_id=sent.correlation_id or "",
        origin=_text(carried.get(headers.ORIGIN)),
        size=len(body),
        payload=body[: PAYLOAD_CHARACTERS * 4].decode(errors="replace")[:PAYLOAD_CHARACTERS],
    )


def _moment(value: object) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value or "")
