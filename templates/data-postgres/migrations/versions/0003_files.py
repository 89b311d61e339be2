"""The table `files`."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text()),
        sa.Column("thumbnail_key", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("metadata", JSONB(), nullable=False),
        _time("created_at"),
        _time("updated_at"),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_files_size")),
        sa.CheckConstraint(
            "status IN ('pending', 'processing', 'ready', 'failed')", name=op.f("ck_files_status")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_files_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    _create_indexes()


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_table("files")


def _create_indexes() -> None:
    op.create_index("uq_files_storage_key", "files", ["storage_key"], unique=True)
    op.create_index("ix_files_created_at", "files", ["created_at", "id"])
    op.create_index("ix_files_owner_id", "files", ["owner_id", "created_at", "id"])
    op.create_index("ix_files_status", "files", ["status", "created_at", "id"])
    op.create_index("ix_files_name_prefix", "files", [sa.text("lower(name) text_pattern_ops")])


def _time(name: str) -> sa.Column[datetime]:
    now = sa.text("clock_timestamp()")
    return sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=False)
