"""Users get at what is theirs, administrators at everything; nobody else learns what there is."""

import json
from collections.abc import AsyncIterator, Iterable
from itertools import product
from uuid import UUID, uuid4

import pytest
from httpx2 import AsyncClient

from app.access import OwnerOrAdministrator, SignedIn
from app.application import build_application
from app.features import Settings
from app.routing import api_router
from shared.testing import client, logged
from shared.web import Feature
from tests.auth.examples import bearing, logged_in, registered
from tests.support.users import FakeUsers

THINGS = "/api/v1/things"

router = api_router("things")


@router.get("")
async def list_things() -> list[str]:
    """List everybody's things: a route that names nobody."""
    return ["everybody's"]


@router.post("")
async def add_thing(principal: SignedIn) -> UUID:
    """Change something."""
    return principal.user_id


@router.get("/{user_id:uuid}")
async def get_things(principal: OwnerOrAdministrator) -> UUID:
    """Read a user's things."""
    return principal.user_id


@router.put("/{user_id:uuid}")
async def change_things(principal: OwnerOrAdministrator) -> UUID:
    """Change a user's things."""
    return principal.user_id


@pytest.fixture
async def api(settings: Settings, features: Iterable[Feature]) -> AsyncIterator[AsyncClient]:
    """Yield a client of a service with a feature whose routes name who may use them."""
    things = Feature(name="things", routers=(router,))
    app = build_application(settings, features=(*features, things))
    async with client(app) as connected:
        yield connected


async def test_without_a_token_nobody_is_let_in(
    api: AsyncClient, subtests: pytest.Subtests
) -> None:
    asked = (("GET", ""), ("POST", ""), ("GET", f"/{uuid4()}"), ("PUT", f"/{uuid4()}"))
    tokens: list[dict[str, str]] = [{}, *({"Authorization": bad} for bad in ("Bearer", "Basic x"))]
    for headers, (method, path) in product(tokens, asked):
        with subtests.test(headers=headers, method=method, path=path):
            refused = await api.request(method, f"{THINGS}{path}", headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (401, "bad-token")


async def test_users_get_at_what_is_theirs_and_learn_nothing_of_the_rest(api: AsyncClient) -> None:
    user, other = await registered(api), await registered(api, "bob@example.org")
    headers = bearing((await logged_in(api))["access_token"])
    for method in ("GET", "PUT"):
        theirs = await api.request(method, f"{THINGS}/{user['id']}", headers=headers)
        assert theirs.status_code == 200
        refused = [
            (await api.request(method, f"{THINGS}/{user_id}", headers=headers)).json()
            for user_id in (other["id"], uuid4())
        ]
        assert [each["status"] for each in refused] == [404, 404]
        assert refused[0]["detail"] == refused[1]["detail"]
    assert (await api.get(THINGS, headers=headers)).status_code == 403


async def test_administrators_get_at_everything_for_as_long_as_they_are(
    api: AsyncClient, users: FakeUsers
) -> None:
    record = users.records[(await registered(api))["id"]]
    headers = bearing((await logged_in(api))["access_token"])
    record["role"] = "admin"
    for path in (THINGS, f"{THINGS}/{uuid4()}"):
        assert (await api.get(path, headers=headers)).status_code == 200
    record["is_active"] = False
    assert (await api.get(THINGS, headers=headers)).status_code == 401
    record.update(is_active=True, role="user")
    assert (await api.get(THINGS, headers=headers)).status_code == 403


async def test_who_is_deactivated_elsewhere_changes_nothing_with_an_old_token(
    api: AsyncClient, users: FakeUsers
) -> None:
    user = await registered(api)
    headers = bearing((await logged_in(api))["access_token"])
    changes = (("POST", THINGS), ("PUT", f"{THINGS}/{user['id']}"))
    for method, path in changes:
        assert (await api.request(method, path, headers=headers)).status_code == 200
    users.records[user["id"]]["is_active"] = False
    for method, path in changes:
        assert (await api.request(method, path, headers=headers)).status_code == 401


async def test_the_user_is_named_in_the_log_and_the_token_is_not(
    api: AsyncClient, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    user = await registered(api)
    token = (await logged_in(api))["access_token"]
    with logged(settings):
        await api.get(f"{THINGS}/{user['id']}", headers=bearing(token))
    printed = capsys.readouterr().out
    [line] = [json.loads(line) for line in printed.splitlines() if '"http.route"' in line]
    assert line["user"] == user["id"]
    assert token not in printed
