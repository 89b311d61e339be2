"""With a key something is done once, however often it is sent."""

import asyncio

import pytest
from httpx2 import AsyncClient

from app.application import build_application
from app.features import FEATURES, Settings
from app.idempotency import FINGERPRINT_HEADER, IdempotencyKey, IdempotencyRecords, Record
from shared.errors import UnavailableError
from shared.testing import client, wait_until
from tests.support.notes import NOTES, Desk, feature_at

KEY = {"Idempotency-Key": "a-key-of-mine"}
NOTE = {"title": "a", "secret": "hunter2"}
OTHERS = [{"title": "b"}, NOTE | {"secret": "hunter3"}, {"title": "a"}]


async def test_without_a_key_it_is_done_as_often_as_asked(api: AsyncClient) -> None:
    numbers = [(await api.post(NOTES, json=NOTE)).json()["number"] for _ in range(2)]
    assert numbers == [1, 2]


async def test_with_a_key_it_is_done_once_and_answered_alike(api: AsyncClient, desk: Desk) -> None:
    first = await api.post(NOTES, json=NOTE, headers=KEY)
    again = await api.post(NOTES, json=NOTE, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json() == {"title": "a", "number": 1}
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert desk.count == 1


@pytest.mark.parametrize("other", OTHERS, ids=str)
async def test_a_key_that_came_with_another_request_is_refused_also_if_only_a_secret_differs(
    api: AsyncClient, other: dict[str, str]
) -> None:
    await api.post(NOTES, json=NOTE, headers=KEY)
    response = await api.post(NOTES, json=other, headers=KEY)
    assert (response.status_code, response.json()["code"]) == (409, "idempotency-key-reused")


async def test_while_the_first_one_runs_the_others_are_told_to_wait(
    api: AsyncClient, desk: Desk
) -> None:
    desk.going_on.clear()
    running = asyncio.ensure_future(api.post(NOTES, json=NOTE, headers=KEY))

    async def begun() -> bool:
        return desk.count == 1

    await wait_until(begun, what="the first request")
    second = await api.post(NOTES, json=NOTE, headers=KEY)
    assert (second.status_code, second.json()["code"]) == (409, "still-running")
    assert second.headers["Retry-After"] == "1"
    desk.going_on.set()
    assert (await running).status_code == 201
    assert desk.count == 1


async def test_of_many_at_once_one_is_done(api: AsyncClient, desk: Desk) -> None:
    tries = (api.post(NOTES, json=NOTE, headers=KEY) for _ in range(20))
    codes = {response.status_code for response in await asyncio.gather(*tries)}
    assert codes <= {201, 409}
    assert desk.count == 1


async def test_an_error_is_not_remembered(api: AsyncClient, desk: Desk) -> None:
    desk.error = UnavailableError("not now")
    assert (await api.post(NOTES, json=NOTE, headers=KEY)).status_code == 503
    desk.error = None
    assert (await api.post(NOTES, json=NOTE, headers=KEY)).status_code == 201


async def test_an_answer_that_another_version_kept_is_made_anew_and_kept(
    settings: Settings, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = build_application(settings, features=(*FEATURES, feature_at(desk)))
    async with client(app) as api:
        records = app.lifecycle.resources.get(IdempotencyRecords)
        complete = records.complete

        async def complete_old(name: str, record: Record) -> None:
            await complete(name, record.model_copy(update={"answer": '{"title": "a"}'}))

        with monkeypatch.context() as patched:
            patched.setattr(records, "complete", complete_old)
            await api.post(NOTES, json=NOTE, headers=KEY)
        answers = [await api.post(NOTES, json=NOTE, headers=KEY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [answer.json()["number"] for answer in answers] == [2, 2]


NO_KEYS = ["short", "a b c d e f", "a" * 129, "ключ-ключ"]


async def test_what_is_no_key_is_refused_by_name(
    api: AsyncClient, subtests: pytest.Subtests
) -> None:
    for key in NO_KEYS:
        with subtests.test(key=key):
            headers = [(b"Idempotency-Key", key.encode())]
            response = await api.post(NOTES, json=NOTE, headers=headers)
            assert response.status_code == 422
            assert response.json()["errors"][0]["field"].lower() == "header.idempotency-key"


def test_each_call_of_one_request_has_its_own_key() -> None:
    key = IdempotencyKey(name="n", fingerprint="f")
    one, other = key.options("one"), key.options("other")
    assert one["idempotency_key"] != other["idempotency_key"]
    assert one == key.options("one")
    assert one["headers"] == {FINGERPRINT_HEADER: "f"}
    assert IdempotencyKey().options("one") == {}
