"""The time that a login takes says nothing about who is registered."""

from time import process_time

import pytest
from httpx2 import AsyncClient

from app.application import build_application
from app.features import Settings
from shared.testing import client
from tests.auth.examples import AUTH, EMAIL, registered


async def test_an_unknown_address_takes_as_long_as_a_wrong_password(settings: Settings) -> None:
    costly = {"password_memory_kib": 16 * 1024, "password_passes": 4, "login_attempts": 1000}
    app = build_application(settings.model_copy(update=costly))
    async with client(app) as api:
        await registered(api)
        unknown, wrong = [], []
        for _ in range(5):
            unknown.append(await seconds(api, "nobody@example.org"))
            wrong.append(await seconds(api, EMAIL))
    assert min(unknown) == pytest.approx(min(wrong), rel=0.5)


async def seconds(api: AsyncClient, email: str) -> float:
    # Of the processor, not of the clock: what else the machine does must not count.
    begun = process_time()
    body = {"email": email, "password": "wrong horse battery"}
    assert (await api.post(f"{AUTH}/login", json=body)).status_code == 401
    return process_time() - begun
