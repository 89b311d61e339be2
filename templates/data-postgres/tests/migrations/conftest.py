"""An empty database for each test."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from app.database import new_engine
from app.features import Settings
from tests.support.databases import new_database


@pytest.fixture
async def empty(settings: Settings, server: str) -> AsyncIterator[Settings]:
    """Yield settings of an empty database."""
    async with new_database(server) as url:
        yield settings.model_copy(update={"database_url": SecretStr(url)})


@pytest.fixture
async def engine(empty: Settings) -> AsyncIterator[AsyncEngine]:
    """Yield an engine of the empty database, by which nothing is committed by itself."""
    opened = new_engine(empty)
    yield opened.execution_options(isolation_level="READ COMMITTED")
    await opened.dispose()
