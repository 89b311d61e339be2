"""Brings the database to the newest revision; safe with any number of replicas at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from app.errors import translate_errors
from app.settings import DatabaseSettings
from shared.errors import UnavailableError

ALEMBIC_INI = Path(__file__).parents[2] / "alembic.ini"
CONNECT_SECONDS = 60.0
TURN_SECONDS = 600.0
RETRY_SECONDS = 0.5
# Any number will do: locks belong to one database, and this database to one service.
LOCK = 7_526_753_981

_log = structlog.stdlib.get_logger(__name__)


async def migrate(settings: DatabaseSettings, *, connect_seconds: float = CONNECT_SECONDS) -> None:
    """Upgrade to the newest revision, one process at a time.

    Waits `connect_seconds` for a database that is still starting, then raises `UnavailableError`.
    """
    async with connect(settings, connect_seconds) as connection, _hold_lock(connection):
        # Not to hold up everybody who queues for a table behind this migration.
        await connection.execute(text("SET lock_timeout = '10s'"))
        await connection.commit()
        await connection.run_sync(_upgrade)
    _log.info("the database is up to date")


@asynccontextmanager
async def connect(
    settings: DatabaseSettings, seconds: float = CONNECT_SECONDS
) -> AsyncIterator[AsyncConnection]:
    """Connect as soon as the database answers. Raises `UnavailableError` after `seconds`."""
    arguments = settings.migration_database.arguments(f"{settings.service_name}-migrate")
    engine = create_async_engine(
        "postgresql+asyncpg://", poolclass=NullPool, connect_args=arguments
    )
    connection = engine.connect()
    await retry_until(lambda: _start(connection), seconds, "the database")
    try:
        yield connection
    finally:
        await connection.close()


async def retry_until(attempt: Callable[[], Awaitable[bool]], seconds: float, what: str) -> None:
    """Return when an attempt succeeds. Raises `UnavailableError` after `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                if await attempt():
                    return
                _log.info("waiting", what=what)
                await asyncio.sleep(RETRY_SECONDS)
    except TimeoutError:
        raise UnavailableError(f"waited {seconds:g} s for {what}") from None


async def _start(connection: AsyncConnection) -> bool:
    try:
        with translate_errors():
            await connection.start()
    except UnavailableError:
        return False
    return True


@asynccontextmanager
async def _hold_lock(connection: AsyncConnection) -> AsyncIterator[None]:
    """Hold the lock that lets one process migrate.

    It is asked for again and again: a statement that waits holds a snapshot, and CREATE INDEX
    CONCURRENTLY in the process that has the lock would wait for that in turn.
    """

    async def try_lock() -> bool:
        locked = await connection.scalar(select(func.pg_try_advisory_lock(LOCK)))
        await connection.commit()
        return bool(locked)

    await retry_until(try_lock, TURN_SECONDS, "another process to finish migrating")
    try:
        yield
    finally:
        await connection.rollback()
        await connection.execute(select(func.pg_advisory_unlock(LOCK)))


def _upgrade(connection: Connection) -> None:
    config = Config(ALEMBIC_INI)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
