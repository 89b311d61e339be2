"""A write that is sent twice with one key is done once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import AsyncClient, Response
from sqlalchemy import func, select, text, update

from app.application import build_application
from app.database import Database
from app.features import Settings
from app.idempotency import BATCH, FINGERPRINT_HEADER, IdempotencyKey, KeyCleaner
from shared.testing import client, wait_until
from tests.support.databases import wait_for_a_waiter
from tests.support.environment import API_KEY, AS_BOT
from tests.test_records import titles

NOTES = "/api/v1/notes"
KEY = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"


def keyed(key: str = "first-key", **more: str) -> dict[str, str]:
    return {KEY: key, **more}


async def created(api: AsyncClient, title: str = "a") -> dict[str, Any]:
    note: dict[str, Any] = (await api.post(NOTES, json={"title": title})).json()
    return note


def assert_replayed(again: Response, first: Response) -> None:
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers.get("Location") == first.headers.get("Location")
    assert (first.headers.get(REPLAYED), again.headers.get(REPLAYED)) == (None, "true")


async def test_the_first_answer_comes_again(api: AsyncClient, database: Database) -> None:
    first = await api.post(NOTES, json={"title": "a"}, headers=keyed())
    again = await api.post(NOTES, json={"title": "a"}, headers=keyed())
    assert first.headers["Location"] == f"{NOTES}/{first.json()['id']}"
    assert_replayed(again, first)
    assert await titles(database) == ["a"]


async def test_a_change_and_a_deletion_are_no_conflict_with_themselves(api: AsyncClient) -> None:
    note = await created(api)
    place, body = f"{NOTES}/{note['id']}", {"version": 1, "title": "b"}
    changes = [await api.patch(place, json=body, headers=keyed()) for _ in range(2)]
    assert changes[0].json()["version"] == 2
    assert_replayed(changes[1], changes[0])
    key = keyed("second-key")
    deletions = [await api.delete(f"{place}?version=2", headers=key) for _ in range(2)]
    assert deletions[0].status_code == 204
    assert_replayed(deletions[1], deletions[0])


async def test_another_request_with_the_key_is_refused(api: AsyncClient) -> None:
    note = await created(api, "other")
    await api.post(NOTES, json={"title": "a"}, headers=keyed())
    others: list[Callable[[], Awaitable[Response]]] = [
        lambda: api.post(NOTES, json={"title": "b"}, headers=keyed()),
        lambda: api.post(f"{NOTES}?x=1", json={"title": "a"}, headers=keyed()),
        lambda: api.post(f"{NOTES}/bulk", json={"items": [{"title": "a"}]}, headers=keyed()),
        lambda: api.delete(f"{NOTES}/{note['id']}?version=1", headers=keyed()),
    ]
    for other in others:
        refused = await other()
        assert refused.status_code == 409
        assert refused.json()["code"] == "idempotency-key-reused"


async def test_a_key_is_its_consumers_own(api: AsyncClient, database: Database) -> None:
    await api.post(NOTES, json={"title": "a"}, headers=keyed())
    other = await api.post(NOTES, json={"title": "b"}, headers={**keyed(), **AS_BOT})
    assert other.status_code == 201
    assert REPLAYED not in other.headers
    assert await titles(database) == ["a", "b"]


async def test_a_key_is_looked_at_for_known_consumers_only(api: AsyncClient) -> None:
    await api.post(NOTES, json={"title": "a"}, headers=keyed())
    unknown = keyed(**{"X-API-Key": "x" * 32})
    assert (await api.post(NOTES, json={"title": "a"}, headers=unknown)).status_code == 401


async def test_an_error_leaves_the_key_free(api: AsyncClient, database: Database) -> None:
    await created(api, "a")
    taken = await api.post(NOTES, json={"title": "a"}, headers=keyed())
    invalid = await api.post(NOTES, json={}, headers=keyed())
    assert (taken.status_code, invalid.status_code) == (409, 422)
    # The commit fails, when the answer is made already.
    orphan = {"title": "b", "parent_id": str(uuid4())}
    assert (await api.post(NOTES, json=orphan, headers=keyed())).status_code == 409
    assert (await api.post(NOTES, json={"title": "b"}, headers=keyed())).status_code == 201
    assert await titles(database) == ["a", "b"]


async def test_of_many_at_once_one_does_it_and_all_get_its_answer(
    api: AsyncClient, database: Database
) -> None:
    tries = (api.post(NOTES, json={"title": "a"}, headers=keyed()) for _ in range(8))
    responses = await asyncio.gather(*tries)
    assert {response.status_code for response in responses} == {201}
    assert len({response.content for response in responses}) == 1
    assert sum(REPLAYED in response.headers for response in responses) == 7
    assert await titles(database) == ["a"]


async def test_the_second_does_it_when_the_first_fails(
    api: AsyncClient, database: Database
) -> None:
    async with database.transaction() as session:
        session.add(IdempotencyKey(consumer="users-api", key="first-key", fingerprint=b""))
        await session.flush()
        second = asyncio.ensure_future(api.post(NOTES, json={"title": "a"}, headers=keyed()))
        await wait_for_a_waiter(database)
        await session.rollback()
    assert (await second).status_code == 201


async def test_a_fingerprint_counts_in_place_of_the_body(api: AsyncClient) -> None:
    def post(title: str, fingerprint: str) -> Awaitable[Response]:
        headers = keyed(**{FINGERPRINT_HEADER: fingerprint})
        return api.post(NOTES, json={"title": title}, headers=headers)

    first, again = await post("a", "f" * 16), await post("b", "f" * 16)
    assert_replayed(again, first)
    assert (await post("a", "g" * 16)).json()["code"] == "idempotency-key-reused"
    assert (await post("a", "short")).status_code == 422


@pytest.mark.parametrize("bad", ["short", "a" * 129, "with space", "ключ-ключ"])
async def test_what_is_no_key_is_refused_by_the_headers_name(api: AsyncClient, bad: str) -> None:
    headers = [(KEY.encode(), bad.encode())]
    response = await api.post(NOTES, json={"title": "a"}, headers=headers)
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == f"header.{KEY}"


async def test_a_body_beyond_the_limit_is_refused_with_a_key_too(
    api: AsyncClient, settings: Settings
) -> None:
    body = {"title": "a" * settings.max_body_bytes}
    assert (await api.post(NOTES, json=body, headers=keyed())).status_code == 413


@pytest.mark.parametrize("name", ["", "/bulk"])
async def test_an_answer_of_an_older_version_is_made_anew(
    api: AsyncClient, database: Database, name: str
) -> None:
    body = {"items": [{"title": "a"}]} if name else {"title": "a"}
    first = await api.post(f"{NOTES}{name}", json=body, headers=keyed())
    async with database.transaction() as session:
        # It did not know of titles.
        kept = first.text.replace('"title":"a",', "").encode()
        await session.execute(update(IdempotencyKey).values(body=kept))
    again = await api.post(f"{NOTES}{name}", json=body, headers=keyed())
    assert_replayed(again, first)


async def test_what_an_old_answer_showed_may_be_gone(api: AsyncClient, database: Database) -> None:
    first = await api.post(NOTES, json={"title": "a"}, headers=keyed())
    await api.delete(f"{NOTES}/{first.json()['id']}?version=1")
    assert_replayed(await api.post(NOTES, json={"title": "a"}, headers=keyed()), first)
    async with database.transaction() as session:
        kept = first.text.replace('"title":"a",', "").encode()
        await session.execute(update(IdempotencyKey).values(body=kept))
    again = await api.post(NOTES, json={"title": "a"}, headers=keyed())
    assert again.status_code == 404


async def test_no_secret_of_a_request_is_kept(api: AsyncClient, database: Database) -> None:
    await api.post(NOTES, json={"title": "s3cret" * 8, "parent_id": None}, headers=keyed())
    async with database.transaction() as session:
        kept = (await session.scalars(select(IdempotencyKey))).one()
    assert len(kept.fingerprint) == 32


async def count(database: Database) -> int:
    async with database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(IdempotencyKey)) or 0


async def fill(database: Database, number: int, age: timedelta) -> None:
    async with database.transaction() as session:
        statement = text("""
            INSERT INTO idempotency_keys (consumer, key, fingerprint, status, created_at)
            SELECT 'users-api', :prefix || n, '', 204, now() - CAST(:age AS interval)
            FROM generate_series(1, :number) AS n
        """)
        values = {"prefix": f"{age}-", "age": age, "number": number}
        await session.execute(statement, values)


async def test_keys_are_removed_by_age_some_at_a_time(database: Database) -> None:
    await fill(database, BATCH + 1, timedelta(hours=3))
    await fill(database, 2, timedelta(hours=1))
    cleaner = KeyCleaner(database, hours=2)
    assert [await cleaner.remove_some() for _ in range(3)] == [BATCH, 1, 0]
    assert await count(database) == 2


async def test_who_cleans_waits_for_nobody(database: Database) -> None:
    await fill(database, 2, timedelta(hours=3))
    async with database.transaction() as session:
        await session.execute(select(IdempotencyKey).limit(1).with_for_update())
        assert await KeyCleaner(database, hours=2).remove_some() == 1
    assert await count(database) == 1


async def test_a_process_that_serves_cleans(database: Database, settings: Settings) -> None:
    await fill(database, 1, timedelta(hours=25))
    app = build_application(settings)
    async with client(app, headers={"X-API-Key": API_KEY}):

        async def clean() -> bool:
            return await count(database) == 0

        await wait_until(clean, what="a table without expired keys")
