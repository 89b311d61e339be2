"""The connections to PostgreSQL: one pool, a `Reader` for reads and a `Session` for changes.

A read is one statement: a `Reader` takes a connection in autocommit mode and gives it back, which
costs one round trip. What changes something, or reads twice and has to see the same, asks for a
`Session`: the transaction of the request, committed after its answer is made and before it is sent,
and rolled back by any error. Nothing else commits.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from fastapi.requests import HTTPConnection
from sqlalchemy import AdaptedConnection, Row, event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.sql import Executable
from sqlalchemy.util import greenlet_spawn

from app.base import Record
from app.errors import translate_errors
from app.settings import DatabaseSettings, DataSettings
from shared.lifecycle import Resource, Resources
from shared.web import Feature

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection

# Where a session keeps those who follow its changes.
_LISTENERS = "listeners"


def new_engine(settings: DatabaseSettings) -> AsyncEngine:
    """Return an engine that has not connected yet."""
    timeout, pooled = settings.database_statement_timeout_ms, settings.database_transaction_pooling
    target = settings.database
    engine = create_async_engine(
        "postgresql+asyncpg://",
        pool_size=settings.database_pool_size,
        max_overflow=settings.database_pool_overflow,
        pool_timeout=settings.database_pool_timeout_seconds,
        isolation_level="READ COMMITTED",
        hide_parameters=True,  # values stay out of logs and tracebacks
        connect_args={
            **target.arguments(settings.service_name),
            # The driver's own limit, for a server that has stopped answering altogether.
            "command_timeout": timeout / 1000 + target.connect_seconds,
            **(_WITHOUT_SESSION_STATE if pooled else {}),
        },
    )
    if not pooled:
        event.listen(engine.sync_engine, "connect", _SessionSetup(timeout))
    event.listen(engine.sync_engine, "checkout", replace_closed)
    return engine


# Nothing that a pooler's next client would find: no named statement, and none that is expected.
_WITHOUT_SESSION_STATE: Mapping[str, Any] = {
    "statement_cache_size": 0,
    "prepared_statement_cache_size": 0,
    "prepared_statement_name_func": lambda: "",
}


class _SessionSetup:
    """Sets the limits of a new connection by a statement: poolers refuse them at its start."""

    def __init__(self, timeout_ms: int) -> None:
        self._statement = (
            f"SET statement_timeout = {timeout_ms};"
            f"SET idle_in_transaction_session_timeout = {2 * timeout_ms};"
            # A plan made for any parameter can't use an index for LIKE 'prefix%'.
            "SET plan_cache_mode = force_custom_plan"
        )

    def __call__(self, connection: AdaptedConnection, *_: object) -> None:
        connection.run_async(lambda driver: driver.execute(self._statement))


def replace_closed(connection: AdaptedConnection, *_: object) -> None:
    """Have the pool open another connection in place of a closed one.

    So a restarted database costs no request. The driver knows when the server has hung up;
    `pool_pre_ping` would ask the server three times (BEGIN, ping, ROLLBACK) before each request.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError("the server has closed this connection")


class ChangeKind(StrEnum):
    """What was done with a record."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True)
class RecordChange:
    """A record as it is after it was written, or was before it was removed.

    Attributes:
        row: its columns, but for those that the model defers.
        fields: the columns whose values a change made other ones.
    """

    kind: ChangeKind
    model: type[Record]
    row: Row[Any]
    fields: frozenset[str] = field(default=frozenset())


# What it raises undoes the change.
Listener: TypeAlias = Callable[[AsyncSession, RecordChange], Awaitable[None]]


async def notify_listeners(session: AsyncSession, change: RecordChange) -> None:
    """Tell those who follow this session's database of a change; raises what they raise."""
    listeners: Sequence[Listener] = session.info.get(_LISTENERS, ())
    for listener in listeners:
        await listener(session, change)


class StatementReader:
    """Runs single reads, each in autocommit mode.

    Not behind a pooler in transaction mode, which might prepare a statement on one server and run
    it on another: there each read is a transaction.
    """

    def __init__(self, engine: AsyncEngine, *, pooled: bool = False) -> None:
        self._engine, self._autocommit = engine.sync_engine, not pooled

    async def rows(
        self, statement: Executable, values: Mapping[str, object] | None = None
    ) -> Sequence[Row[Any]]:
        """Return the rows of one statement. Raises `UnavailableError`."""
        with translate_errors():
            # One greenlet for all steps, where an AsyncConnection takes one for each.
            return await greenlet_spawn(self._fetch, statement, values)

    def _fetch(
        self, statement: Executable, values: Mapping[str, object] | None
    ) -> Sequence[Row[Any]]:
        with self._engine.connect() as connection:
            # As `execution_options(isolation_level=...)` does, for a fifth less of a read's time.
            driver = cast("DBAPIConnection", connection.connection.dbapi_connection)
            driver.autocommit = self._autocommit
            try:
                return connection.execute(statement, values).all()
            finally:
                driver.autocommit = False


class Database:
    """The pool of connections, shared by all requests of this process."""

    def __init__(self, engine: AsyncEngine, *, pooled: bool = False) -> None:
        self.engine = engine
        self.reader = StatementReader(engine, pooled=pooled)
        self._listeners: list[Listener] = []
        # What each new session's `info` holds.
        self.session_info: dict[str, Any] = {_LISTENERS: self._listeners}
        self._sessions = async_sessionmaker(engine, expire_on_commit=False, info=self.session_info)

    def listen(self, listener: Listener) -> None:
        """Call it for every record that is written from now on, in the transaction that does it."""
        self._listeners.append(listener)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Commit what is done within, or roll it back when an error leaves the block.

        It takes a connection with its first statement. Raises `UnavailableError` when the database
        is away, busy or gave up.
        """
        session = self._sessions()
        with translate_errors():
            try:
                yield session
                await session.commit()
            except BaseException:
                # A commit gives the connection back; here it is rolled back first, whatever comes.
                await asyncio.shield(session.close())
                raise

    async def ping(self) -> None:
        """Ask the database for an answer; raises whatever is wrong."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))


@asynccontextmanager
async def open_database(resources: Resources) -> AsyncIterator[Database]:
    """Open the database of this process and close its connections at the end."""
    settings = resources.get(DataSettings)
    engine = new_engine(settings)
    try:
        yield Database(engine, pooled=settings.database_transaction_pooling)
    finally:
        await engine.dispose()


def database_of(connection: HTTPConnection) -> Database:
    """Return the opened database of the application that serves this request."""
    database: Database = connection.app.lifecycle.resources.get(Database)
    return database


DATABASE = Resource(provides=Database, open=open_database, ping=Database.ping)

feature = Feature(name="database", resources=(DATABASE,))
