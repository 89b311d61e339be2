"""Reads a dead letter, ours or the broker's, whatever its headers hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shared.messaging import headers
from shared.messaging.dead.letters import UNKNOWN, DeadLetter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.messaging.dead.taken import Taken

PAYLOAD_CHARACTERS = 2000
_X_DEATH = "x-death"


def letter_of(taken: Taken, queue: str) -> DeadLetter:
    """Return what is shown of a message among the dead letters of a queue."""
    carried = taken.headers
    death = _death(carried)
    return DeadLetter(
        id=taken.id,
        queue=queue,
        name=_text(carried.get(headers.TASK) or carried.get(headers.EVENT)) or UNKNOWN,
        is_event=headers.EVENT in carried,
        reason=_text(carried.get(headers.REASON) or death.get("reason")) or UNKNOWN,
        error=_text(carried.get(headers.ERROR)),
        attempt=_attempt(carried),
        enqueued_at=taken.time,
        died_at=_died_at(carried, death),
        correlation_id=taken.correlation_id,
        origin=_text(carried.get(headers.ORIGIN)),
        size=len(taken.body),
        payload=taken.body[: PAYLOAD_CHARACTERS * 4].decode(errors="replace")[:PAYLOAD_CHARACTERS],
    )


def _death(carried: Mapping[str, Any]) -> Mapping[str, Any]:
    # The newest is the first; a message that has waited has others, of the waiting queues.
    deaths = carried.get(_X_DEATH)
    newest = deaths[0] if isinstance(deaths, list) and deaths else None
    return newest if isinstance(newest, dict) else {}


def _died_at(carried: Mapping[str, Any], death: Mapping[str, Any]) -> datetime | None:
    told = carried.get(headers.DIED_AT) or death.get("time")
    if isinstance(told, str):
        try:
            told = datetime.fromisoformat(told)
        except ValueError:
            return None
    if not isinstance(told, datetime):
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _attempt(carried: Mapping[str, Any]) -> int:
    attempt = carried.get(headers.ATTEMPT)
    return attempt if isinstance(attempt, int) else 1


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value or "")
