"""The table `files`."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, literal_column
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.base import Record


class File(Record):
    """What is known of one stored object; its bytes are elsewhere, under `storage_key`."""

    __tablename__ = "files"
    __table_args__ = (
        CheckConstraint("size >= 0", name="size"),
        CheckConstraint("status IN ('pending', 'processing', 'ready', 'failed')", name="status"),
        Index("uq_files_storage_key", "storage_key", unique=True),
        Index("ix_files_created_at", "created_at", "id"),
        Index("ix_files_owner_id", "owner_id", "created_at", "id"),
        Index("ix_files_status", "status", "created_at", "id"),
        # With this operator class LIKE 'prefix%' uses the index, whatever the collation is.
        Index(
            "ix_files_name_prefix",
            literal_column("lower(name)").label("prefix"),
            postgresql_ops={"prefix": "text_pattern_ops"},
        ),
    )

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    storage_key: Mapped[str]
    name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None]
    thumbnail_key: Mapped[str | None]
    status: Mapped[str]
    # `metadata` belongs to the declarative base, so the attribute has another name than the column.
    attributes: Mapped[dict[str, str | int | float | bool | None]] = mapped_column(
        "metadata", JSONB
    )
