"""A user's registration and changes are told."""

from uuid import UUID

import pytest
from httpx2 import AsyncClient

from shared.contracts.users import user_event_id
from shared.testing.recorder import EventRecorder
from tests.events.users.examples import ADA, NAMES, USERS


def event_id(kind: str, user_id: str, version: int) -> str:
    return str(user_event_id(kind, UUID(user_id), version))


async def test_who_registers_is_told_without_any_secret(
    api: AsyncClient, recorder: EventRecorder
) -> None:
    response = await api.post(USERS, json=ADA, headers={"X-Request-ID": "abc-1"})
    user = response.json()
    [message] = await recorder.wait_for(1)
    assert message.id == event_id("user.created", user["id"], 1)
    assert (message.type, message.correlation_id) == ("user.created", "abc-1")
    facts = {"name": "Ada", "email": "ada@example.org", "role": "user", "is_active": True}
    assert message.data == facts | {"user_id": user["id"], "user_version": 1}


@pytest.mark.skipif("users" not in NAMES, reason="this variant changes nobody")
async def test_a_change_is_told_and_a_stale_one_is_not(
    api: AsyncClient, recorder: EventRecorder
) -> None:
    user = (await api.post(USERS, json=ADA)).json()
    path = f"{USERS}/{user['id']}"
    for version, status in ((1, 200), (1, 409)):
        response = await api.patch(path, json={"version": version, "name": f"Ada {version}"})
        assert response.status_code == status
    response = await api.post(f"{path}/deactivate", json={"version": 2})
    assert response.status_code == 200
    messages = await recorder.wait_for(3)
    told = {message.id: message.data for message in messages}
    renamed = told[event_id("user.updated", user["id"], 2)]
    assert (renamed["name"], renamed["changed"]) == ("Ada 1", ["name"])
    assert told[event_id("user.updated", user["id"], 3)]["is_active"] is False


async def test_whose_address_is_taken_is_not_told_again(
    api: AsyncClient, recorder: EventRecorder
) -> None:
    assert (await api.post(USERS, json=ADA)).status_code == 201
    assert (await api.post(USERS, json=ADA)).status_code == 409
    other = ADA | {"email": "bob@example.org"}
    assert (await api.post(USERS, json=other)).status_code == 201
    emails = [message.data["email"] for message in await recorder.wait_for(2)]
    assert emails == ["ada@example.org", "bob@example.org"]
