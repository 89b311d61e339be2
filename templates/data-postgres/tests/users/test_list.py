"""Users are filtered, searched and paged."""

from uuid import UUID

import pytest
from httpx2 import AsyncClient
from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Database
from app.users.model import User
from app.users.repository import NOT_DELETED, matching
from app.users.schemas import UserQuery
from tests.users.examples import USERS, create

MANY = text("""
    INSERT INTO users (name, email, role, is_active)
    SELECT md5(n::text), md5(n::text) || '@example.org', 'user', true
    FROM generate_series(1, 3000) AS n
""")


@pytest.fixture(autouse=True)
async def three(api: AsyncClient) -> None:
    await create(api, name="Ada Lovelace", email="countess@example.org", role="admin")
    await create(api, name="Bob_1", email="bob@example.org", is_active=False)
    await create(api, name="bobby", telegram_id=7)


async def found(api: AsyncClient, **query: str) -> list[str]:
    response = await api.get(USERS, params=query)
    assert response.status_code == 200, response.text
    return [user["name"] for user in response.json()["items"]]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["Ada Lovelace", "Bob_1", "bobby"]),
        ({"order": "newest"}, ["bobby", "Bob_1", "Ada Lovelace"]),
        ({"role": "admin"}, ["Ada Lovelace"]),
        ({"is_active": "false"}, ["Bob_1"]),
        ({"search": "BOB"}, ["Bob_1", "bobby"]),
        ({"search": "bob_"}, ["Bob_1"]),
        ({"search": "%"}, []),
        ({"search": "\\"}, []),
        ({"search": "Countess@"}, ["Ada Lovelace"]),
        ({"search": "bob", "is_active": "true"}, ["bobby"]),
    ],
    ids=str,
)
async def test_filters_and_search_choose_users(
    api: AsyncClient, query: dict[str, str], names: list[str]
) -> None:
    assert await found(api, **query) == names


async def test_pages_follow_the_filter(api: AsyncClient) -> None:
    query = {"search": "bob", "limit": "1"}
    first = (await api.get(USERS, params=query)).json()
    second = (await api.get(USERS, params=query | {"cursor": first["next_cursor"]})).json()
    assert [first["items"][0]["name"], second["items"][0]["name"]] == ["Bob_1", "bobby"]
    assert second["next_cursor"] is None


async def test_search_uses_the_indexes(database: Database) -> None:
    statement = select(User.id).where(NOT_DELETED, *matching(UserQuery(search="bob")))
    async with database.transaction() as session:
        await session.execute(MANY)
        await session.execute(text("ANALYZE users"))
        plan = await explained(session, statement)
    assert "ix_users_name_prefix" in plan
    assert "ix_users_email_prefix" in plan


async def explained(session: AsyncSession, statement: Select[UUID]) -> str:
    connection = await session.connection()
    compiled = statement.compile(connection.engine, compile_kwargs={"literal_binds": True})
    lines = await connection.exec_driver_sql(f"EXPLAIN {compiled}")
    return "\n".join(lines.scalars())
