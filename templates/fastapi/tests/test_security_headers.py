"""Browsers are told with every answer what they may do with it."""

import pytest
from httpx2 import AsyncClient

from app.application import build_application
from app.features import Settings
from shared.testing import client
from tests.support.environment import ORIGIN
from tests.support.notes import NOTES

NEVER = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


ASKED = [(f"{NOTES}/health", ""), ("/nothing", ""), (NOTES, "{}"), (NOTES, "x" * 2**21)]


async def test_every_answer_has_the_security_headers(
    api: AsyncClient, subtests: pytest.Subtests
) -> None:
    for path, body in ASKED:
        with subtests.test(path=path, bytes=len(body)):
            response = await api.request("POST" if body else "GET", path, content=body)
            assert response.headers.items() >= {k.lower(): v for k, v in NEVER.items()}.items()


async def test_pages_may_load_their_scripts(api: AsyncClient) -> None:
    response = await api.get("/docs")
    assert "Content-Security-Policy" not in response.headers
    assert response.headers["X-Frame-Options"] == "DENY"


async def test_only_production_insists_on_https(settings: Settings) -> None:
    app = build_application(settings.model_copy(update={"environment": "development"}))
    async with client(app) as connected:
        response = await connected.get("/health")
    assert "Strict-Transport-Security" not in response.headers


async def test_the_pages_of_known_origins_may_ask_and_read(api: AsyncClient) -> None:
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    }
    allowed = await api.options(NOTES, headers=asked)
    assert allowed.status_code == 200
    assert allowed.headers["Access-Control-Allow-Origin"] == ORIGIN
    answer = await api.get("/nothing", headers={"Origin": ORIGIN})
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_other_pages_may_not(api: AsyncClient) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    refused = await api.options(NOTES, headers=asked)
    assert refused.status_code == 400
    assert "Access-Control-Allow-Origin" not in refused.headers


async def test_without_origins_nothing_is_said_about_them(settings: Settings) -> None:
    app = build_application(settings.model_copy(update={"cors_origins": ()}))
    async with client(app) as connected:
        answer = await connected.get("/health", headers={"Origin": ORIGIN})
    assert "Access-Control-Allow-Origin" not in answer.headers
