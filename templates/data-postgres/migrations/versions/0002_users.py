"""The table `users`."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ALIVE = sa.text("deleted_at IS NULL")


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("email_verified_at", sa.DateTime(timezone=True)),
        sa.Column("telegram_id", sa.BigInteger()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        _time("created_at"),
        _time("updated_at"),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("role IN ('user', 'admin')", name=op.f("ck_users_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    _index("uq_users_email", "lower(email)", unique=True)
    _index("uq_users_telegram_id", "telegram_id", unique=True)
    _index("ix_users_created_at", "created_at", "id")
    _index("ix_users_email_prefix", "lower(email) text_pattern_ops")
    _index("ix_users_name_prefix", "lower(name) text_pattern_ops")


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_table("users")


def _time(name: str) -> sa.Column[datetime]:
    now = sa.text("clock_timestamp()")
    return sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=False)


def _index(name: str, *terms: str, unique: bool = False) -> None:
    expressions = [sa.text(term) for term in terms]
    op.create_index(name, "users", expressions, unique=unique, postgresql_where=ALIVE)
