"""What managed databases and poolers hand out is understood, or refused by its name."""

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from app import __main__ as process
from app.database import Database, new_engine
from app.database_url import parse_database_url
from app.features import Settings
from app.migrate import migrate
from shared.errors import ConfigurationError
from shared.testing import set_environment
from tests.support.databases import moved_to, server_of
from tests.support.environment import variables

PLAIN = "postgresql://user:s3cret@db.example.org:5432/database"
SSL_REQUEST, PROTOCOL_3 = 80877103, 196608
# What PgBouncer lets a client say when it connects.
ALLOWED = {"user", "database", "application_name", "client_encoding"}


@pytest.mark.parametrize(
    "text",
    [
        "postgres://user:s3cret@db/database",
        "postgresql+psycopg2://user:s3cret@db/database",
        "postgresql://user:s3cret@one:5432,two:5433/database?target_session_attrs=read-write",
        "postgresql://user:s3cret@[::1]:5432/database",
        "postgresql://user:s3cret@/database?host=/run/postgresql",
        "postgresql://user:p%40ss%2Fw%25rd@db?dbname=database",
        *(f"{PLAIN}?sslmode={mode}" for mode in ("disable", "allow", "prefer", "require")),
        *(f"{PLAIN}?sslmode={mode}&sslrootcert=system" for mode in ("verify-ca", "verify-full")),
        f"{PLAIN}?sslmode=require&channel_binding=prefer&connect_timeout=10",
        f"{PLAIN}?application_name=x&options=-c%20work_mem%3D8MB&fallback_application_name=y",
        f"{PLAIN}?sslnegotiation=direct&sslmode=require&ssl_min_protocol_version=TLSv1.3",
        f"{PLAIN}?ssl=require",
    ],
)
def test_every_form_of_a_url_is_one_for_the_driver(text: str) -> None:
    assert parse_database_url(text).url.startswith("postgresql://")


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("schema=x", "schema"),
        ("pgbouncer=true", "pgbouncer"),
        ("keepalives=1&keepalives_idle=30", "keepalives, keepalives_idle"),
        ("statement_timeout=1", "statement_timeout"),
        ("sslmode=strong", "sslmode"),
        ("sslmode=verify-full", "sslrootcert"),
        ("sslmode=require&sslrootcert=system", "sslrootcert"),
        ("sslmode=verify-ca&sslrootcert=/nowhere/s3cret.pem", "sslrootcert"),
        ("target_session_attrs=main", "target_session_attrs"),
        ("connect_timeout=soon", "connect_timeout"),
        ("channel_binding=always", "channel_binding"),
        ("sslmode", "name=value"),
    ],
)
def test_another_parameter_is_refused_by_its_name(query: str, named: str) -> None:
    with pytest.raises(ValueError, match=named) as refused:
        parse_database_url(f"{PLAIN}?{query}")
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    ["mysql://user@db/database", "postgresql://user@db", "postgresql://user@db:x/database", "x"],
)
def test_what_is_no_url_of_a_postgresql_database_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"form|port"):
        parse_database_url(text)


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_refused_parameter_ends_the_process_with_2_and_one_line(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"{PLAIN}?schema=x&sslmode=require"
    set_environment(monkeypatch, Settings, **variables(url))
    with pytest.raises(SystemExit) as ended:
        process.main([command])
    assert ended.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("DATABASE_URL is not valid: asyncpg has no parameter schema; leave it")


def test_the_urls_names_and_limits_win() -> None:
    target = parse_database_url(f"{PLAIN}?connect_timeout=9&application_name=from-the-url")
    arguments = target.arguments("service")
    assert arguments["timeout"] == 9
    assert arguments["server_settings"] == {"application_name": "from-the-url"}
    assert parse_database_url(PLAIN).arguments("service")["server_settings"] == {
        "application_name": "service"
    }


def test_channel_binding_is_replaced_by_a_checked_certificate(tmp_path: Path) -> None:
    target = parse_database_url(f"{PLAIN}?sslmode=require&channel_binding=require")
    context = target.arguments("service")["ssl"]
    assert isinstance(context, ssl.SSLContext)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    root = tmp_path / "root.pem"
    root.touch()
    target = parse_database_url(f"{PLAIN}?channel_binding=require&sslrootcert={root}")
    assert "sslmode=verify-full" in target.url
    assert "channel_binding=" not in target.url


@asynccontextmanager
async def strict_pooler(settings: Settings, refused: list[str]) -> AsyncIterator[int]:
    """Stand before the database as PgBouncer does, which refuses most startup parameters."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        names, packet = await startup(reader, writer)
        if unknown := set(names) - ALLOWED:
            refused.extend(unknown)
            fields = b"SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter\0\0"
            writer.write(b"E" + struct.pack(">i", len(fields) + 4) + fields)
            writer.close()
            return
        there_reader, there_writer = await asyncio.open_connection(*server_of(settings))
        there_writer.write(packet)
        await asyncio.gather(copy(reader, there_writer), copy(there_reader, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def startup(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> tuple[Sequence[str], bytes]:
    while True:
        head = await reader.readexactly(8)
        size, code = struct.unpack(">ii", head)
        rest = await reader.readexactly(size - 8)
        if code == PROTOCOL_3:
            return [each.decode() for each in rest.split(b"\0")[::2] if each], head + rest
        assert code == SSL_REQUEST
        writer.write(b"N")


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


async def test_a_pooler_in_session_mode_refuses_nothing(settings: Settings) -> None:
    refused: list[str] = []
    async with strict_pooler(settings, refused) as port:
        plain = moved_to(settings, port, sslmode="disable")
        behind = settings.model_copy(update={"database_url": plain})
        await migrate(behind)
        engine = new_engine(behind)
        database = Database(engine)
        await database.ping()
        # The limits are there nevertheless.
        [row] = await database.reader.rows(text("SHOW statement_timeout"))
        await engine.dispose()
    assert refused == []
    assert row == ("5s",)


async def test_with_transaction_pooling_nothing_stays_in_a_session(settings: Settings) -> None:
    pooled = settings.model_copy(update={"database_transaction_pooling": True})
    engine = new_engine(pooled)
    database = Database(engine, pooled=True)
    for _ in range(3):
        await database.reader.rows(text("SELECT 1"))
        async with database.transaction() as session:
            await session.execute(text("SELECT 2"))
    [statements] = await database.reader.rows(
        text("SELECT count(*) FROM pg_prepared_statements WHERE name <> ''")
    )
    [limit] = await database.reader.rows(text("SHOW statement_timeout"))
    await engine.dispose()
    assert (statements, limit) == ((0,), ("0",))


async def test_a_migration_goes_past_a_pooler_in_transaction_mode(settings: Settings) -> None:
    elsewhere = SecretStr("postgresql://user@127.0.0.1:1/database")
    changes = {"database_transaction_pooling": True, "database_url": elsewhere}
    pooled = settings.model_copy(update=changes)
    with pytest.raises(ConfigurationError, match="DATABASE_MIGRATION_URL is missing"):
        await migrate(pooled)
    past = {"database_migration_url": settings.database_url}
    await migrate(pooled.model_copy(update=past))
