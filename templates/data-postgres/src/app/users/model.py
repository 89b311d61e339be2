"""The table `users`."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Label, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from app.base import Record

ALIVE = text("deleted_at IS NULL")
LOWER_EMAIL: Label[str] = literal_column("lower(email)").label("prefix")
LOWER_NAME: Label[str] = literal_column("lower(name)").label("prefix")
# With it LIKE 'prefix%' uses the index, whatever the database's collation is.
PREFIX = {"prefix": "text_pattern_ops"}


class User(Record):
    """A person, known by e-mail address, by Telegram id or by both.

    Deleting sets `deleted_at`: the row stays for those that point at it, its address is free again.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role IN ('user', 'admin')", name="role"),
        Index("uq_users_email", text("lower(email)"), unique=True, postgresql_where=ALIVE),
        Index("uq_users_telegram_id", "telegram_id", unique=True, postgresql_where=ALIVE),
        Index("ix_users_created_at", "created_at", "id", postgresql_where=ALIVE),
        Index("ix_users_email_prefix", LOWER_EMAIL, postgresql_ops=PREFIX, postgresql_where=ALIVE),
        Index("ix_users_name_prefix", LOWER_NAME, postgresql_ops=PREFIX, postgresql_where=ALIVE),
    )

    email: Mapped[str | None]
    # When somebody proved that this very address is theirs.
    email_verified_at: Mapped[datetime | None]
    telegram_id: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[str]
    role: Mapped[str]
    is_active: Mapped[bool]
    # Loaded only by who asks for it by name; touching it otherwise is an error.
    password_hash: Mapped[str | None] = mapped_column(deferred=True, deferred_raiseload=True)
    deleted_at: Mapped[datetime | None]
