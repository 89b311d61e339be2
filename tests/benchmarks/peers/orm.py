"""The table that the peers with SQLAlchemy share."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Text, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Texts and times as the data service keeps them."""

    type_annotation_map: ClassVar[Any] = {datetime: DateTime(timezone=True), str: Text}


class User(Base):
    """A user."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    email: Mapped[str | None]
    email_verified_at: Mapped[datetime | None]
    telegram_id: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[str]
    role: Mapped[str]
    is_active: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    version: Mapped[int] = mapped_column(server_default=text("1"))
    password_hash: Mapped[str | None] = mapped_column(deferred=True)
    deleted_at: Mapped[datetime | None]
