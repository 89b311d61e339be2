"""Tells alembic what the tables are and how to reach the database."""

import asyncio

from alembic import context
from sqlalchemy import Connection

from app.features import TABLES
from app.migrate import connect
from app.settings import DatabaseSettings
from shared.settings import load_settings


def run(connection: Connection | None) -> None:
    """Run the revisions, each in a transaction of its own; without a connection, write SQL."""
    context.configure(
        connection=connection,
        dialect_name="postgresql",
        target_metadata=TABLES,
        compare_server_default=True,
        transaction_per_migration=True,
        literal_binds=connection is None,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_online() -> None:
    """Connect by the settings: the alembic command was called by hand."""
    async with connect(load_settings(DatabaseSettings)) as connection:
        await connection.run_sync(run)


if context.is_offline_mode():
    run(None)
elif "connection" in context.config.attributes:
    run(context.config.attributes["connection"])
else:
    asyncio.run(run_online())
