"""Databases for the time of a test run or of one test, and what they hold and do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from secrets import token_hex

from pydantic import SecretStr
from sqlalchemy import URL, Connection, NullPool, TextClause, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from app.database import Database
from app.database_url import parse_database_url
from app.features import Settings
from shared.testing import wait_until

_CATALOG = text("""
    SELECT format('column %I.%I %s default %s not null %s', c.relname, a.attname,
        format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid), a.attnotnull)
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
        AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> 'alembic_version'
    UNION ALL
    SELECT format('constraint %s on %s: %s', conname, conrelid::regclass, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        AND conrelid::regclass::text <> 'alembic_version'
    UNION ALL
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    ORDER BY 1
""")
_WAITING = text("""
    SELECT count(*) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND datname = current_database()
""")
_END_OWN_SESSIONS = text("""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = :name AND usename = current_user
""")


@asynccontextmanager
async def new_database(server: str) -> AsyncIterator[str]:
    """Create an empty database on this server, yield its URL and drop it."""
    url = make_url(server)
    name = f"{url.database}_{token_hex(4)}"
    await _execute(url, text(f'CREATE DATABASE "{name}"'))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        # WITH (FORCE) would also end autovacuum, which only a superuser may; DROP alone waits.
        drop = text(f'DROP DATABASE "{name}"')
        await _execute(url, _END_OWN_SESSIONS.bindparams(name=name), drop)


async def _execute(url: URL, *statements: TextClause) -> None:
    target = parse_database_url(url.render_as_string(hide_password=False))
    engine = create_async_engine(
        "postgresql+asyncpg://",
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args=target.arguments("tests"),
    )
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(statement)
    await engine.dispose()


def catalog(connection: Connection) -> list[str]:
    """Return a line for each column, constraint and index, without what is alembic's own."""
    lines = list(connection.scalars(_CATALOG))
    connection.rollback()
    return lines


async def wait_for_a_waiter(database: Database) -> None:
    """Return when somebody waits for a lock in this database."""

    async def somebody_waits() -> bool:
        async with database.transaction() as session:
            return bool(await session.scalar(_WAITING))

    await wait_until(somebody_waits, what="waiting for a lock")


def server_of(settings: Settings) -> tuple[str, int]:
    """Return the host and port of the database."""
    url = make_url(settings.database_url.get_secret_value())
    return url.host or "", url.port or 5432


def moved_to(settings: Settings, port: int, **parameters: str) -> SecretStr:
    """Return the database's URL by another port of this machine, with these parameters."""
    url = make_url(settings.database_url.get_secret_value()).set(host="127.0.0.1", port=port)
    return SecretStr(url.update_query_dict(parameters).render_as_string(hide_password=False))
