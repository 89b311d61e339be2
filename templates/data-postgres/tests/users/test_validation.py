"""What is no user is refused."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.users.examples import HASH, USERS, create


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"version": True},
        {"version": "1"},
        {"version": 0},
        {"version": 2**31},
        {"version": 1, "id": "00000000-0000-4000-8000-000000000000"},
        {"version": 1, "password_hash": HASH},
        {"version": 1, "name": None},
        {"version": 1, "name": "a\0"},
        {"version": 1, "role": "root"},
        {"version": 1, "email": "ada"},
        {"version": 1, "email": f"{'a' * 65}@example.org"},
        {"version": 1, "email": "ада@example.org"},
        {"version": 1, "email_verified_at": "yesterday"},
        {"version": 1, "email_verified_at": "2026-01-01T12:00:00"},
        {"version": 1, "email_verified_at": "0001-01-01T00:00:00+14:00"},
        {"version": 1, "email_verified_at": 1767268800},
        {"version": 1, "telegram_id": 2**53},
        {"version": 1, "telegram_id": 0},
        {"version": 1, "is_active": "true"},
    ],
    ids=str,
)
async def test_an_invalid_patch_is_a_422_and_changes_nothing(
    api: AsyncClient, body: dict[str, Any]
) -> None:
    user = await create(api)
    assert (await api.patch(f"{USERS}/{user['id']}", json=body)).status_code == 422
    assert (await api.get(f"{USERS}/{user['id']}")).json() == user


async def test_a_whole_number_may_be_written_with_a_point(api: AsyncClient) -> None:
    user = await create(api, telegram_id=7.0)
    assert user["telegram_id"] == 7
    response = await api.patch(f"{USERS}/{user['id']}", json={"version": 1.0})
    assert response.json()["version"] == 2


async def test_the_largest_version_is_stale_and_no_overflow(api: AsyncClient) -> None:
    user = await create(api)
    for response in (
        await api.patch(f"{USERS}/{user['id']}", json={"version": 2**31 - 1}),
        await api.delete(f"{USERS}/{user['id']}", params={"version": 2**31 - 1}),
    ):
        assert response.json()["code"] == "stale-version"
