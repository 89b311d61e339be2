"""The table `outbox`."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.base import NOW, Base


class PendingEvent(Base):
    """An event that is to be published; once the broker has it, the row is gone.

    Whoever changes a record holds its row's lock, so the ids of one aggregate are in its order.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_aggregate", "aggregate", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    # What the event is about, such as `users:<id>`: the order of its events is kept.
    aggregate: Mapped[str]
    envelope: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
