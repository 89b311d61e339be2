"""What an event is, and the envelope in which it travels."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field

from shared.correlation import current_request_id, new_request_id
from shared.messaging.current import current_message_id


class EventData(BaseModel):
    """A fact that other services are told; `type` is also the key it is routed by.

    A consumer reads over members that it does not know, so adding one needs no new version.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    version: ClassVar[int] = 1


E = TypeVar("E")


class Envelope(BaseModel, Generic[E]):
    """An event with its id, its time, its source and what it was caused by."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID = Field(default_factory=uuid4)
    type: str
    version: int
    time: datetime
    source: str
    correlation_id: str
    causation_id: str | None = None
    data: E

    @classmethod
    def of(cls, event: EventData, source: str, event_id: UUID | None = None) -> Envelope[Any]:
        """Put an event that happens now, for the request being served, into an envelope."""
        return Envelope(
            id=event_id or uuid4(),
            type=event.type,
            version=event.version,
            time=datetime.now(UTC),
            source=source,
            correlation_id=current_request_id() or new_request_id(),
            causation_id=current_message_id(),
            data=event,
        )
