"""Databases for the time of a test run, or of one test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from secrets import token_hex

from sqlalchemy import URL, NullPool, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine


@asynccontextmanager
async def new_database(server: str) -> AsyncIterator[str]:
    """Create an empty database on this server, yield its URL and drop it."""
    url = make_url(server)
    name = f"{url.database}_{token_hex(4)}"
    await _execute(url, f'CREATE DATABASE "{name}"')
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        await _execute(url, f'DROP DATABASE "{name}" WITH (FORCE)')


async def _execute(url: URL, statement: str) -> None:
    engine = create_async_engine(
        url.set(drivername="postgresql+asyncpg"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
