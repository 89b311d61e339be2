"""A task that is posted is done, and what becomes of it can be seen."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from shared.testing import wait_until
from tests.tasks.conftest import Painter
from tests.tasks.examples import RED, TASKS

NOBODYS = "00000000-0000-4000-8000-000000000000"
KEY = {"Idempotency-Key": "a-key-of-mine"}


async def posted(api: AsyncClient, **changes: object) -> str:
    response = await api.post(TASKS, json=RED | changes)
    assert response.status_code == 202, response.text
    task_id: str = response.json()["id"]
    return task_id


async def ended(api: AsyncClient, task_id: str) -> dict[str, Any]:
    found: dict[str, Any] = {}

    async def is_over() -> bool:
        found.update((await api.get(f"{TASKS}/{task_id}")).json())
        return found["status"] in {"done", "failed", "cancelled"}

    await wait_until(is_over, what="the end of the task")
    return found


async def test_a_task_is_accepted_done_and_seen_with_its_result(
    api: AsyncClient, painter: Painter
) -> None:
    response = await api.post(TASKS, json=RED, headers={"X-Request-ID": "abc-1"})
    assert response.status_code == 202
    task_id = response.json()["id"]
    assert response.json() == {"id": task_id, "type": "paint"}
    assert response.headers["Location"] == f"{TASKS}/{task_id}"
    task = await ended(api, response.headers["Location"].removeprefix(f"{TASKS}/"))
    assert (task["status"], task["type"], task["attempts"]) == ("done", "paint", 1)
    assert task["result"] == {"colour": "red"}
    assert task["enqueued_at"] <= task["started_at"] <= task["finished_at"]
    assert [work.correlation_id for work in painter.done] == ["abc-1"]


async def test_a_task_that_fails_shows_why(api: AsyncClient, painter: Painter) -> None:
    painter.error = RuntimeError("no paint")
    task = await ended(api, await posted(api))
    assert (task["status"], task["attempts"], task["result"]) == ("failed", 2, None)
    assert "no paint" in task["error"]


async def test_with_a_key_it_is_one_task_and_another_body_is_refused(
    api: AsyncClient, painter: Painter
) -> None:
    first, again = [await api.post(TASKS, json=RED, headers=KEY) for _ in range(2)]
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert first.headers["Location"] == again.headers["Location"]
    other = {"type": "paint", "payload": {"colour": "blue"}}
    refused = await api.post(TASKS, json=other, headers=KEY)
    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency-key-reused")
    await ended(api, first.json()["id"])
    assert len(painter.done) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"type": "paint", "payload": {"colour": "green"}}, "body.payload.colour"),
        ({"type": "paint", "payload": {"colour": "red", "coats": 10}}, "body.payload.coats"),
        ({"type": "paint", "payload": {"colour": "red", "x": 1}}, "body.payload.x"),
        ({"type": "paint", "payload": []}, "body.payload"),
        ({"type": "paint"}, "body.payload"),
        ({"type": "unknown", "payload": {}}, "body.type"),
        (RED | {"delay_seconds": -1}, "body.delay_seconds"),
        (RED | {"delay_seconds": 10**9}, "body.delay_seconds"),
        (RED | {"delay_seconds": "1"}, "body.delay_seconds"),
        (RED | {"queue": "mine"}, "body.queue"),
    ],
    ids=str,
)
async def test_what_is_no_task_is_refused_by_the_name_of_its_field(
    api: AsyncClient, body: dict[str, Any], field: str
) -> None:
    response = await api.post(TASKS, json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert [finding["field"] for finding in response.json()["errors"]] == [field]
