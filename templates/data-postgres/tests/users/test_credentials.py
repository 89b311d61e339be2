"""Password hashes are seen and set by few."""

import pytest
from httpx2 import AsyncClient

from app.features import Settings
from app.users.schemas import CredentialsWrite, UserCreate
from shared.testing import logged
from tests.support.environment import AS_BOT
from tests.users.examples import HASH, USERS, create

OTHER_HASH = HASH.replace("aGFzaA", "b3RoZXI")


async def test_credentials_are_found_by_id_and_by_address(api: AsyncClient) -> None:
    user = await create(api, email="ada@example.org", password_hash=HASH)
    by_id = (await api.get(f"{USERS}/{user['id']}/credentials")).json()
    query = {"email": "ADA@example.org"}
    assert (await api.get(f"{USERS}/by-email/credentials", params=query)).json() == by_id
    assert by_id == {
        "id": user["id"],
        "email": "ada@example.org",
        "email_verified_at": None,
        "is_active": True,
        "version": 1,
        "password_hash": HASH,
    }


async def test_a_new_hash_needs_the_version_that_was_read(api: AsyncClient) -> None:
    user = await create(api, password_hash=HASH)
    path = f"{USERS}/{user['id']}/credentials"
    body = {"version": 1, "password_hash": OTHER_HASH}
    assert (await api.put(path, json=body)).json()["version"] == 2
    assert (await api.put(path, json=body)).json()["code"] == "stale-version"
    assert (await api.get(path)).json()["password_hash"] == OTHER_HASH


async def test_the_same_password_hashed_anew_is_no_change_of_the_user(api: AsyncClient) -> None:
    user = await create(api, email="ada@example.org", password_hash=HASH)
    path = f"{USERS}/{user['id']}/credentials"
    body = {"version": 1, "password_hash": OTHER_HASH, "rehash": True}
    assert (await api.put(path, json=body)).json() == user
    assert (await api.get(path)).json()["password_hash"] == OTHER_HASH
    # Nor is it for somebody who has read the user before.
    assert (await api.patch(f"{USERS}/{user['id']}", json={"version": 1})).status_code == 200
    assert (await api.put(path, json=body)).json()["code"] == "stale-version"


async def test_other_consumers_neither_see_nor_set_them(api: AsyncClient) -> None:
    user = await create(api, email="ada@example.org", password_hash=HASH)
    path, body = f"{USERS}/{user['id']}/credentials", {"version": 1, "password_hash": HASH}
    by_email = f"{USERS}/by-email/credentials?email=ada%40example.org"
    responses = [
        await api.get(path, headers=AS_BOT),
        await api.get(by_email, headers=AS_BOT),
        await api.put(path, json=body, headers=AS_BOT),
        await api.post(USERS, json={"name": "Bob", "password_hash": HASH}, headers=AS_BOT),
    ]
    for response in responses:
        assert response.status_code == 403
        assert HASH not in response.text
    assert (await api.get(path)).json()["version"] == 1


@pytest.mark.parametrize("not_a_hash", ["hunter2hunter2hunter2", "", "$x$", f"{HASH} ", HASH * 20])
async def test_a_password_sent_by_mistake_is_refused_and_not_repeated(
    api: AsyncClient, not_a_hash: str
) -> None:
    response = await api.post(USERS, json={"name": "Ada", "password_hash": not_a_hash})
    assert response.status_code == 422
    assert "hunter2" not in response.text


async def test_no_hash_reaches_the_log(
    api: AsyncClient, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    new = {"name": "Ada", "email": "ada@example.org", "password_hash": HASH}
    with logged(settings):
        user = await create(api, **new)
        await api.get(f"{USERS}/{user['id']}/credentials")
        assert (await api.post(USERS, json=new)).status_code == 409
    printed = capsys.readouterr().out
    assert "/api/v1/users/{user_id}/credentials" in printed
    assert HASH not in printed


def test_no_hash_is_in_a_repr() -> None:
    for model in (CredentialsWrite, UserCreate):
        assert HASH not in repr(model.model_construct(password_hash=HASH))
