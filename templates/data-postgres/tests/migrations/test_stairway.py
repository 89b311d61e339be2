"""Every revision can be undone."""

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from app.migrate import ALEMBIC_INI
from tests.support.databases import catalog


def up(connection: Connection, revision: str) -> None:
    command.upgrade(config(connection), revision)


def down(connection: Connection) -> None:
    command.downgrade(config(connection), "-1")


def config(connection: Connection) -> Config:
    loaded = Config(ALEMBIC_INI)
    loaded.attributes["connection"] = connection
    return loaded


async def test_each_revision_goes_up_down_and_up_again(engine: AsyncEngine) -> None:
    revisions = list(ScriptDirectory.from_config(Config(ALEMBIC_INI)).walk_revisions())
    async with engine.connect() as connection:
        for script in reversed(revisions):
            before = await connection.run_sync(catalog)
            await connection.run_sync(up, script.revision)
            after = await connection.run_sync(catalog)
            assert after != before
            await connection.run_sync(down)
            assert await connection.run_sync(catalog) == before
            await connection.run_sync(up, script.revision)
            assert await connection.run_sync(catalog) == after
