"""Tells alembic what the tables are and how to reach the database."""

import asyncio
from typing import Any

from alembic import context
from app.features import TABLES
from app.migrate import connected
from app.settings import DatabaseSettings
from shared.settings import load_settings
from sqlalchemy import Connection


def run(connection: Connection | None = None, **options: Any) -> None:
    """Run the revisions, each in a transaction of its own."""
    context.configure(
        connection=connection,
        target_metadata=TABLES,
        compare_server_default=True,
        transaction_per_migration=True,
        **options,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_online() -> None:
    """Connect by the settings: the alembic command was called by hand."""
    async with connected(load_settings(DatabaseSettings)) as connection:
        await connection.run_sync(run)


if context.is_offline_mode():
    run(dialect_name="postgresql", literal_binds=True)
elif "connection" in context.config.attributes:
    run(context.config.attributes["connection"])
else:
    asyncio.run(run_online())
