"""A task that has not begun can be called off."""

from httpx2 import AsyncClient

from shared.testing import wait_until
from tests.tasks.conftest import Reporter
from tests.tasks.examples import TASKS, ended, posted

NOBODYS = "00000000-0000-4000-8000-000000000000"


async def test_a_delayed_task_waits_and_is_not_done_once_it_is_cancelled(
    api: AsyncClient, reporter: Reporter
) -> None:
    task_id = await posted(api, delay_seconds=0.5)
    task = (await api.get(f"{TASKS}/{task_id}")).json()
    assert (task["status"], task["started_at"]) == ("queued", None)
    assert task["due_at"] > task["enqueued_at"]
    cancelled = await api.post(f"{TASKS}/{task_id}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert (await api.post(f"{TASKS}/{task_id}/cancel")).json() == cancelled.json()
    # Both have waited as long when the second one is done.
    second = await posted(api, delay_seconds=0.6)
    assert (await ended(api, second))["status"] == "done"
    assert [work.id for work in reporter.done] == [second]
    assert (await api.get(f"{TASKS}/{task_id}")).json()["status"] == "cancelled"


async def test_what_has_begun_or_is_over_is_too_late_to_cancel(
    api: AsyncClient, reporter: Reporter
) -> None:
    reporter.going_on.clear()
    task_id = await posted(api)

    async def begun() -> bool:
        return len(reporter.done) == 1

    await wait_until(begun, what="the beginning of the task")
    for _ in range(2):
        refused = await api.post(f"{TASKS}/{task_id}/cancel")
        assert (refused.status_code, refused.json()["code"]) == (409, "too-late")
        reporter.going_on.set()
        assert (await ended(api, task_id))["status"] == "done"


async def test_what_nobody_posted_is_unknown(api: AsyncClient) -> None:
    for response in (
        await api.get(f"{TASKS}/{NOBODYS}"),
        await api.post(f"{TASKS}/{NOBODYS}/cancel"),
    ):
        assert (response.status_code, response.json()["code"]) == (404, "not-found")
