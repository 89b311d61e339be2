"""Changes of users are published, also those of a process that was killed meanwhile."""

import signal
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from httpx2 import AsyncClient
from pydantic import SecretStr
from sqlalchemy import func, select

from app.application import build_application
from app.database import new_engine
from app.features import Settings
from app.migrate import migrate
from app.outbox.model import PendingEvent
from shared.contracts.users import user_event_id
from shared.testing import client, wait_until
from shared.testing.proxy import broker_proxy
from shared.testing.recorder import record_events
from tests.support.databases import new_database
from tests.support.processes import served
from tests.users.examples import HASH, USERS, create


async def test_the_events_of_a_user_hold_no_secret(api: AsyncClient, settings: Settings) -> None:
    async with record_events(settings) as recorder:
        user = await create(api, email="ada@example.org", password_hash=HASH)
        path = f"{USERS}/{user['id']}"
        body = {"version": 1, "role": "admin", "is_active": False}
        assert (await api.patch(path, json=body)).status_code == 200
        assert (await api.delete(path, params={"version": 2})).status_code == 204
        created, updated, deleted = await recorder.wait_for(3)
    facts = {"user_id": user["id"], "name": "Ada", "email": "ada@example.org"}
    new = {"user_version": 1, "role": "user", "is_active": True}
    changed = {"user_version": 2, "role": "admin", "is_active": False}
    fields = {"changed": ["is_active", "role"]}
    assert (created.type, created.data) == ("user.created", facts | new)
    assert (updated.type, updated.data) == ("user.updated", facts | changed | fields)
    assert (deleted.type, deleted.data) == (
        "user.deleted", {"user_id": user["id"], "user_version": 3}
    )  # fmt: skip
    ids = [
        str(user_event_id(message.type, UUID(user["id"]), version))
        for version, message in enumerate((created, updated, deleted), start=1)
    ]
    assert [created.id, updated.id, deleted.id] == ids


async def test_many_users_at_once_are_published_one_by_one_or_not_at_all(
    api: AsyncClient, settings: Settings
) -> None:
    items = [{"name": name, "email": f"{name}@example.org"} for name in "abc"]
    async with record_events(settings) as recorder:
        refused = await api.post(f"{USERS}/bulk", json={"items": [*items, items[0]]})
        assert refused.status_code == 409
        assert (await api.post(f"{USERS}/bulk", json={"items": items})).status_code == 201
        assert sorted(each.data["name"] for each in await recorder.wait_for(3)) == ["a", "b", "c"]


async def test_an_update_names_what_became_another_value(
    api: AsyncClient, settings: Settings
) -> None:
    user = await create(api, email="ada@example.org", password_hash=HASH)
    path = f"{USERS}/{user['id']}"
    patches: list[dict[str, Any]] = [
        {"is_active": False},
        {"is_active": False, "name": "Ada L."},
        {"is_active": False, "email_verified_at": "2026-01-01T12:00:00Z"},
        {"is_active": False},
    ]
    async with record_events(settings) as recorder:
        for version, fields in enumerate(patches, start=1):
            await api.patch(path, json={"version": version, **fields})
        new = {"version": 5, "password_hash": HASH.replace("aGFzaA", "b3RoZXI")}
        again = {**new, "password_hash": HASH.replace("aGFzaA", "YWdhaW4"), "rehash": True}
        assert (await api.put(f"{path}/credentials", json=again)).is_success
        assert (await api.put(f"{path}/credentials", json=new)).is_success
        await api.delete(path, params={"version": 6})
        messages = await recorder.wait_for(5)
    assert [message.data.get("changed") for message in messages] == [
        ["is_active"],
        ["name"],
        ["email_verified_at"],
        ["password"],
        None,
    ]


@pytest.fixture
async def own(settings: Settings, server: str) -> AsyncIterator[Settings]:
    """Settings of a database from which no other process sends."""
    async with new_database(server) as url:
        moved = settings.model_copy(update={"database_url": SecretStr(url)})
        await migrate(moved)
        yield moved


async def waiting(settings: Settings) -> int:
    engine = new_engine(settings)
    async with engine.connect() as connection:
        count = await connection.scalar(select(func.count()).select_from(PendingEvent))
    await engine.dispose()
    return count or 0


async def test_what_a_killed_process_has_committed_is_published_by_the_next_one(
    own: Settings,
) -> None:
    url = own.database_url.get_secret_value()
    async with record_events(own) as recorder, broker_proxy(own) as (between, moved):
        await between.cut()
        nowhere = moved.amqp_url.get_secret_value()
        async with served(DATABASE_URL=url, AMQP_URL=nowhere) as (process, api):
            user = await create(api)
            process.send_signal(signal.SIGKILL)
            await process.wait()
        assert (await waiting(own), recorder.messages) == (1, [])
        async with client(build_application(own)):
            [message] = await recorder.wait_for(1)

            async def all_sent() -> bool:
                return await waiting(own) == 0

            await wait_until(all_sent, what="an empty table")
    assert message.id == str(user_event_id("user.created", UUID(user["id"]), 1))
