"""Only known consumers come in, and only some of them see credentials."""

import json

import pytest
from httpx2 import AsyncClient

from app.access import ApiConsumer, ApiConsumers, digest
from app.features import Settings
from shared.errors import ForbiddenError
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
    [line] = [json.loads(line) for line in printed.splitlines() if '"http.route"' in line]
    assert line["consumer"] == BOT
    assert AS_BOT["X-API-Key"] not in printed


def test_a_consumer_is_never_printed_with_its_key() -> None:
    shown = repr(ApiConsumer(name=BOT, digest=digest(API_KEY), handles_credentials=False))
    assert BOT in shown
    assert "digest" not in shown


def test_only_who_is_named_may_handle_credentials(settings: Settings) -> None:
    consumers = ApiConsumers.from_settings(settings)
    consumers.identify(API_KEY).check_credentials()
    with pytest.raises(ForbiddenError, match=BOT):
        consumers.identify(BOT_KEY).check_credentials()
