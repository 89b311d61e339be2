"""Users are found by what the outside world knows of them."""

import pytest
from httpx2 import AsyncClient

from tests.users.examples import USERS, create


async def test_a_user_is_found_by_address_in_any_case_and_by_telegram_id(
    api: AsyncClient,
) -> None:
    ada = await create(api, email="ada/x+y@example.org", telegram_id=2**40)
    await create(api, email="bob@example.org")
    by_email = await api.get(f"{USERS}/by-email", params={"email": "ADA/x+y@EXAMPLE.org"})
    assert by_email.json() == ada
    assert (await api.get(f"{USERS}/by-telegram-id/{2**40}")).json() == ada


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("by-email?email=ada%40example.org", 404),
        ("by-email?email=%25", 422),
        ("by-email", 422),
        ("by-telegram-id/7", 404),
        ("by-telegram-id/0", 422),
        (f"by-telegram-id/{2**53}", 422),
        ("by-telegram-id/x", 404),
    ],
)
async def test_whom_nobody_knows_is_a_problem(api: AsyncClient, path: str, status: int) -> None:
    response = await api.get(f"{USERS}/{path}")
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
