"""Only known consumers come in, and only some of them see credentials."""

import json
import re
from uuid import UUID

import pytest
from httpx2 import AsyncClient

from app.access import CONSUMERS
from app.consumers import Consumer, digest
from app.features import Settings
from shared.errors import ForbiddenError
from shared.lifecycle import Resources
from shared.testing import logged
from tests.support.environment import API_KEY, AS_BOT, BOT, BOT_KEY


@pytest.mark.parametrize(
    "key", [b"", b"x" * 32, API_KEY[:-1].encode(), f"{API_KEY}a".encode(), "ключ".encode()]
)
async def test_a_key_that_nobody_was_given_is_refused(api: AsyncClient, key: bytes) -> None:
    response = await api.get("/api/v1/notes", headers=[(b"X-API-Key", key)])
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "ApiKey"
    assert response.json()["code"] == "unauthorized"


async def test_no_key_is_refused(api: AsyncClient) -> None:
    request = api.build_request("GET", "/api/v1/notes")
    del request.headers["X-API-Key"]
    assert (await api.send(request)).status_code == 401


async def test_the_consumer_is_named_in_the_log_and_the_key_is_not(
    api: AsyncClient, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with logged(settings):
        await api.get("/api/v1/notes", headers=AS_BOT)
    printed = capsys.readouterr().out
    [line] = [json.loads(line) for line in printed.splitlines() if '"request"' in line]
    assert line["consumer"] == BOT
    assert AS_BOT["X-API-Key"] not in printed


async def test_a_consumer_is_never_printed_with_its_key() -> None:
    shown = repr(Consumer(name=BOT, digest=digest(API_KEY), handles_credentials=False))
    assert BOT in shown
    assert "digest" not in shown


async def test_only_who_is_named_may_handle_credentials(settings: Settings) -> None:
    async with CONSUMERS.open(Resources({Settings: settings})) as consumers:
        consumers.identify(API_KEY).check_credentials()
        with pytest.raises(ForbiddenError, match=BOT):
            consumers.identify(BOT_KEY).check_credentials()


async def test_every_route_of_the_api_asks_for_a_key(api: AsyncClient) -> None:
    paths = (await api.get("/openapi.json")).json()["paths"]
    asked = [
        (method, re.sub("{.*?}", str(UUID(int=7)), path))
        for path, operations in paths.items()
        for method in operations
        if path.startswith("/api/")
    ]
    assert ("post", "/api/v1/notes") in asked
    for method, path in asked:
        response = await api.request(method, path, headers={"X-API-Key": ""})
        assert response.status_code == (404 if path.endswith(f"telegram-id/{UUID(int=7)}") else 401)
