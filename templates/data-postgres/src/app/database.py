"""Opens the database and gives each request one session; the only place that commits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends
from sqlalchemy import text
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
)

from app.changes import LISTENERS, Listener
from app.engine import new_engine
from app.failures import translated
from app.settings import DataSettings
from shared.lifecycle import Resource, Resources
from shared.web import Feature, resource


class Database:
    """The pool of connections, shared by all requests of this process."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._listeners: list[Listener] = []
        info = {LISTENERS: self._listeners}
        self._sessions = async_sessionmaker(engine, expire_on_commit=False, info=info)

    def listen(self, listener: Listener) -> None:
        """Have it told of every record that is written from now on."""
        self._listeners.append(listener)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Commit what is done within, or roll it back when an error leaves the block.

        Raises `UnavailableError` when the database is away, busy or gave up.
        """
        with translated():
            async with self._sessions.begin() as session:
                yield session

    async def ping(self) -> None:
        """Ask the database for an answer; raises whatever is wrong."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[Database]:
    """Open the database of this process and close its connections at the end."""
    engine = new_engine(resources.get(DataSettings))
    try:
        yield Database(engine)
    finally:
        await engine.dispose()


async def session(
    database: Annotated[Database, Depends(resource(Database))],
) -> AsyncIterator[AsyncSession]:
    """Give a request its transaction."""
    async with database.transaction() as opened_session:
        yield opened_session


DATABASE = Resource(provides=Database, open=opened, ping=Database.ping)

# Scope "function": the commit comes before the response, so a commit that fails is no 200.
Session = Annotated[AsyncSession, Depends(session, scope="function")]

feature = Feature(name="database", resources=(DATABASE,))
