"""A session goes on by its refresh tokens and ends for all of its tokens."""

import asyncio
from typing import Any

from httpx2 import AsyncClient, Response

from tests.auth.examples import AUTH, USERS, bearing, logged_in, registered
from tests.support.people import People

ME = f"{USERS}/me"


async def refresh(api: AsyncClient, tokens: dict[str, Any]) -> Response:
    return await api.post(f"{AUTH}/refresh", json={"refresh_token": tokens["refresh_token"]})


async def me(api: AsyncClient, tokens: dict[str, Any]) -> Response:
    return await api.get(ME, headers=bearing(tokens["access_token"]))


async def test_the_user_who_is_asking_is_read(api: AsyncClient) -> None:
    user = await registered(api)
    response = await me(api, await logged_in(api))
    assert (response.status_code, response.json()) == (200, user)
    assert (await api.get(ME)).status_code == 401


async def test_a_session_goes_on_from_token_to_token(api: AsyncClient) -> None:
    await registered(api)
    first = await logged_in(api)
    second = (await refresh(api, first)).json()
    third = (await refresh(api, second)).json()
    assert len({each["refresh_token"] for each in (first, second, third)}) == 3
    for tokens in (first, second, third):
        assert (await me(api, tokens)).status_code == 200


async def test_a_refresh_token_that_comes_twice_ends_its_session(api: AsyncClient) -> None:
    await registered(api)
    first, other = await logged_in(api), await logged_in(api)
    second = (await refresh(api, first)).json()
    stolen = await refresh(api, first)
    assert (stolen.status_code, stolen.json()["code"]) == (401, "bad-token")
    assert (await refresh(api, second)).status_code == 401
    assert (await me(api, second)).status_code == 401
    assert (await me(api, other)).status_code == 200


async def test_of_many_who_use_one_refresh_token_at_once_one_gets_a_new_one(
    api: AsyncClient,
) -> None:
    await registered(api)
    tokens = await logged_in(api)
    responses = await asyncio.gather(*(refresh(api, tokens) for _ in range(8)))
    assert sorted(response.status_code for response in responses) == [200] + [401] * 7


async def test_after_logout_no_token_of_the_session_works(api: AsyncClient) -> None:
    await registered(api)
    first, other = await logged_in(api), await logged_in(api)
    second = (await refresh(api, first)).json()
    response = await api.post(f"{AUTH}/logout", headers=bearing(first["access_token"]))
    assert (response.status_code, response.content) == (204, b"")
    assert (await me(api, second)).status_code == 401
    assert (await refresh(api, second)).status_code == 401
    assert (await me(api, other)).status_code == 200


async def test_an_access_token_refreshes_nothing_and_a_refresh_token_opens_nothing(
    api: AsyncClient,
) -> None:
    await registered(api)
    tokens = await logged_in(api)
    swapped = {
        "access_token": tokens["refresh_token"],
        "refresh_token": tokens["access_token"],
    }
    assert (await me(api, swapped)).status_code == 401
    assert (await refresh(api, swapped)).status_code == 401
    assert (await refresh(api, tokens)).status_code == 200


async def test_whoever_is_deactivated_or_gone_is_let_in_no_more(
    api: AsyncClient, people: People
) -> None:
    user = await registered(api)
    tokens = await logged_in(api)
    people.records[user["id"]]["is_active"] = False
    assert (await me(api, tokens)).status_code == 401
    assert (await refresh(api, tokens)).status_code == 401
    people.records[user["id"]]["is_active"] = True
    assert (await refresh(api, tokens)).status_code == 200
    people.records.clear()
    assert (await me(api, tokens)).status_code == 401
