"""A task that is posted is done, and what becomes of it can be seen."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.tasks.conftest import Reporter
from tests.tasks.examples import KEY, REPORT, TASKS, ended, posted


async def test_a_task_is_accepted_done_and_seen_with_its_result(
    api: AsyncClient, reporter: Reporter
) -> None:
    response = await api.post(TASKS, json=REPORT, headers={"X-Request-ID": "abc-1"})
    assert response.status_code == 202
    task_id = response.json()["id"]
    assert response.json() == {"id": task_id, "type": "analytics.report"}
    assert response.headers["Location"] == f"{TASKS}/{task_id}"
    task = await ended(api, response.headers["Location"].removeprefix(f"{TASKS}/"))
    assert (task["status"], task["type"], task["attempts"]) == ("done", "analytics.report", 1)
    assert task["result"] == {"day": "2026-01-31", "counts": {"user.created": 1}}
    assert task["enqueued_at"] <= task["started_at"] <= task["finished_at"]
    assert [work.correlation_id for work in reporter.done] == ["abc-1"]


async def test_a_task_that_fails_shows_why(api: AsyncClient, reporter: Reporter) -> None:
    reporter.error = RuntimeError("no counts")
    task = await ended(api, await posted(api))
    assert (task["status"], task["attempts"], task["result"]) == ("failed", 2, None)
    assert "no counts" in task["error"]


async def test_with_a_key_it_is_one_task_and_another_body_is_refused(
    api: AsyncClient, reporter: Reporter
) -> None:
    first, again = [await api.post(TASKS, json=REPORT, headers=KEY) for _ in range(2)]
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert first.headers["Location"] == again.headers["Location"]
    other = {"type": "analytics.report", "payload": {"day": "2026-02-01"}}
    refused = await api.post(TASKS, json=other, headers=KEY)
    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency-key-reused")
    await ended(api, first.json()["id"])
    assert len(reporter.done) == 1


NO_TASKS: list[tuple[dict[str, Any], str]] = [
    (REPORT | {"payload": {"day": "yesterday"}}, "body.analytics.report.payload.day"),
    (REPORT | {"payload": []}, "body.analytics.report.payload"),
    ({"type": "analytics.report"}, "body.analytics.report.payload"),
    ({"type": "unknown", "payload": {}}, "body"),
    ({"payload": {}}, "body"),
    (REPORT | {"delay_seconds": -1}, "body.analytics.report.delay_seconds"),
    (REPORT | {"delay_seconds": 10**9}, "body.analytics.report.delay_seconds"),
    (REPORT | {"delay_seconds": "1"}, "body.analytics.report.delay_seconds"),
    (REPORT | {"queue": "mine"}, "body.analytics.report.queue"),
]


async def test_what_is_no_task_is_refused_by_the_name_of_its_field(
    api: AsyncClient, subtests: pytest.Subtests
) -> None:
    for body, field in NO_TASKS:
        with subtests.test(body=body):
            response = await api.post(TASKS, json=body)
            assert response.status_code == 422
            assert response.headers["content-type"] == "application/problem+json"
            assert [finding["field"] for finding in response.json()["errors"]] == [field]
