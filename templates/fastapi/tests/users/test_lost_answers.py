"""A change whose answer is lost is made once, and its caller gets the answer nonetheless."""

import pytest
from httpx2 import AsyncClient

from app.features import Settings
from app.idempotency import IdempotencyRecords
from shared.testing import client
from shared.testing.provider import Provider
from tests.support.users import FakeUsers
from tests.users.examples import USERS, added, open_to_all

KEY = {"Idempotency-Key": "a-change-of-ada"}
CHANGE = {"version": 1, "name": "Countess"}


async def test_one_lost_answer_is_not_noticed(api: AsyncClient, users: FakeUsers) -> None:
    path = f"{USERS}/{(await added(users)).id}"
    users.lost_answers = 1
    answer = await api.patch(path, json=CHANGE, headers=KEY)
    assert (answer.status_code, answer.json()["version"]) == (200, 2)


@pytest.mark.parametrize(
    ("method", "place", "body"),
    [("PATCH", "", CHANGE), ("POST", "/deactivate", {"version": 1})],
)
async def test_who_asks_again_with_the_same_key_gets_the_first_answer(
    api: AsyncClient, users: FakeUsers, method: str, place: str, body: dict[str, object]
) -> None:
    path = f"{USERS}/{(await added(users)).id}{place}"
    users.lost_answers = 10
    assert (await api.request(method, path, json=body, headers=KEY)).status_code == 503
    users.lost_answers = 0
    answer = await api.request(method, path, json=body, headers=KEY)
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    replayed = await api.request(method, path, json=body, headers=KEY)
    assert (replayed.json(), replayed.headers["Idempotent-Replayed"]) == (answer.json(), "true")


async def test_a_process_that_dies_after_the_change_costs_a_wait_and_nothing_else(
    settings: Settings, users: FakeUsers, provider: Provider
) -> None:
    path = f"{USERS}/{(await added(users)).id}"
    app = open_to_all(settings)
    async with client(app) as api:
        records = app.lifecycle.resources.get(IdempotencyRecords)
        names: list[str] = []

        async def die(name: str, _: object) -> None:
            # Of a process that dies here there is the claim, until its time is over.
            names.append(name)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(records, "complete", die)
            await api.patch(path, json=CHANGE, headers=KEY)
        waiting = await api.patch(path, json=CHANGE, headers=KEY)
        assert (waiting.status_code, waiting.json()["code"]) == (409, "still-running")
        await records.release(names[0])
        answer = await api.patch(path, json=CHANGE, headers=KEY)
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert provider.calls == [f"PATCH {path}"] * 2
