"""The migrations make what the models say."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from app.features import TABLES, Settings
from app.migrate import migrate
from tests.support.databases import catalog


def differences(connection: Connection) -> object:
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    return compare_metadata(context, TABLES)


async def test_alembic_finds_no_difference(empty: Settings, engine: AsyncEngine) -> None:
    await migrate(empty)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_the_models_make_the_same_columns_constraints_and_indexes(
    empty: Settings, engine: AsyncEngine
) -> None:
    # Alembic compares neither check constraints nor what an index leaves out.
    async with engine.connect() as connection:
        await connection.run_sync(TABLES.create_all)
        from_models = await connection.run_sync(catalog)
    await migrate(empty)
    async with engine.connect() as connection:
        assert await connection.run_sync(catalog) == from_models
