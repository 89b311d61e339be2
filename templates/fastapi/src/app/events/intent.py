"""What is remembered of a change before it is made."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID, uuid4

from pydantic import BaseModel, Field

from shared.correlation import current_request_id, new_request_id
from shared.messaging.contract import Envelope, EventData


def _now() -> datetime:
    return datetime.now(UTC)


def _request_id() -> str:
    return current_request_id() or new_request_id()


class Intent(BaseModel):
    """That a change is about to be made: enough to find out later whether it was.

    Once it is known to be made, `envelope` is the event to send.
    """

    id: str = Field(default_factory=lambda: uuid4().hex)
    kind: str
    subject: dict[str, str]
    version: int = 0
    correlation_id: str = Field(default_factory=_request_id)
    recorded_at: datetime = Field(default_factory=_now)
    envelope: Envelope[Any] | None = None


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """An event with the id that it has whoever publishes it."""

    data: EventData
    event_id: UUID


# Finds out what became of an intent; None: there is no event.
Look: TypeAlias = Callable[[Intent], Awaitable[DomainEvent | None]]
