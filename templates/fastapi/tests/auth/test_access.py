"""Users get at what is theirs, admins at everything."""

import json
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from httpx2 import AsyncClient

from app import auth
from app.application import build_application
from app.features import FEATURES, Settings
from app.routing import api_router
from shared.testing import client, logged
from shared.web import Feature
from tests.auth.examples import bearing, logged_in, registered
from tests.support.people import People

THINGS = "/api/v1/things"

router = api_router("things")


@router.get("")
async def list_things() -> list[str]:
    """List everybody's things."""
    return ["everybody's"]


@router.get("/{user_id:uuid}")
async def get_things(user_id: UUID) -> str:
    """Read a user's things."""
    return f"{user_id}'s"


things = auth.restricted(Feature(name="things", routers=(router,)))


@pytest.fixture
async def api(settings: Settings) -> AsyncIterator[AsyncClient]:
    """Yield a client of a service with a feature that is restricted."""
    app = build_application(settings, features=(*FEATURES, things))
    async with client(app) as connected:
        yield connected


async def test_without_a_token_nobody_is_let_in(api: AsyncClient) -> None:
    assert (await api.get(THINGS)).status_code == 401
    assert (await api.get(f"{THINGS}/{uuid4()}")).status_code == 401


async def test_users_get_at_what_is_theirs_and_at_nothing_else(api: AsyncClient) -> None:
    user = await registered(api)
    headers = bearing((await logged_in(api))["access_token"])
    assert (await api.get(f"{THINGS}/{user['id']}", headers=headers)).status_code == 200
    for path in (THINGS, f"{THINGS}/{uuid4()}"):
        refused = await api.get(path, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_admins_get_at_everything_for_as_long_as_they_are_admins(
    api: AsyncClient, people: People
) -> None:
    record = people.records[(await registered(api))["id"]]
    headers = bearing((await logged_in(api))["access_token"])
    record["role"] = "admin"
    for path in (THINGS, f"{THINGS}/{uuid4()}"):
        assert (await api.get(path, headers=headers)).status_code == 200
    record["is_active"] = False
    assert (await api.get(THINGS, headers=headers)).status_code == 403
    record.update(is_active=True, role="user")
    assert (await api.get(THINGS, headers=headers)).status_code == 403


async def test_the_user_is_named_in_the_log_and_the_token_is_not(
    api: AsyncClient, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    user = await registered(api)
    token = (await logged_in(api))["access_token"]
    with logged(settings):
        await api.get(f"{THINGS}/{user['id']}", headers=bearing(token))
    printed = capsys.readouterr().out
    [line] = [json.loads(line) for line in printed.splitlines() if '"request"' in line]
    assert line["user"] == user["id"]
    assert token not in printed
