"""Migrations are safe whoever else runs them, and patient."""

import asyncio

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.features import Settings
from app.migrate import LOCK, migrate
from shared.errors import UnavailableError
from shared.testing import proxy
from tests.support.databases import moved_to, server_of


async def test_several_at_once_all_succeed(empty: Settings) -> None:
    await asyncio.gather(*(migrate(empty) for _ in range(3)))


async def test_a_migration_waits_for_its_turn(empty: Settings, engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execute(select(func.pg_advisory_lock(LOCK)))
        waiting = asyncio.ensure_future(migrate(empty))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting), 0.2)
        await connection.execute(select(func.pg_advisory_unlock(LOCK)))
    await waiting


async def test_a_migration_waits_for_a_database_that_is_starting(empty: Settings) -> None:
    async with proxy(*server_of(empty)) as between:
        await between.cut()
        waiting = asyncio.ensure_future(migrate(through(empty, between.port)))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting), 0.2)
        await between.join()
        await waiting


async def test_a_database_that_stays_away_is_given_up(empty: Settings) -> None:
    nobody_listens = 1
    with pytest.raises(UnavailableError, match="the database"):
        await migrate(through(empty, nobody_listens), connect_seconds=0.1)


def through(settings: Settings, port: int) -> Settings:
    return settings.model_copy(update={"database_url": moved_to(settings, port)})
