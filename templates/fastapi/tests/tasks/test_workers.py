"""How the workers are doing can be seen, also that there are none."""

from typing import Any
from uuid import uuid4

import pytest
from httpx2 import AsyncClient
from pydantic import TypeAdapter

from app.features import Settings
from app.tasks.contracts import KINDS, NewTask
from shared.messaging.broker import connection
from shared.testing import client, wait_until
from shared.testing.provider import Provider
from shared.testing.proxy import broker_proxy
from tests.support.access import FakeAccess
from tests.support.files import files_of
from tests.support.redis import flaky_redis
from tests.tasks.conftest import Reporter
from tests.tasks.examples import KEY, REPORT, TASKS, ended, posted, served_to


async def reports(api: AsyncClient) -> dict[str, Any]:
    queues: dict[str, dict[str, Any]] = (await api.get(f"{TASKS}/stats")).json()["queues"]
    assert queues.keys() == {"media", "analytics"}
    return queues["analytics"]


async def test_the_stats_count_what_was_done_and_what_failed(
    api: AsyncClient, reporter: Reporter
) -> None:
    before = await reports(api)
    await ended(api, await posted(api))
    reporter.error = RuntimeError("no counts")
    await ended(api, await posted(api))
    # The dead letter is written after the status.
    await wait_until(lambda: has_dead(api, before["dead"] + 1), what="a dead letter")
    after = await reports(api)
    grown = {name: after[name] - before[name] for name in ("processed", "failed", "retried")}
    assert grown == {"processed": 1, "failed": 1, "retried": 1}
    assert (after["ready"], after["in_flight"]) == (0, 0)


async def has_dead(api: AsyncClient, count: int) -> bool:
    return bool((await reports(api))["dead"] == count)


@pytest.mark.parametrize("delay", [0, 60])
async def test_a_task_that_nobody_has_ever_taken_is_refused_and_may_be_sent_again(
    api: AsyncClient, provider: Provider, delay: float
) -> None:
    file_id = files_of(provider).add(uuid4(), "its-bytes")
    picture = {"type": "media.process", "payload": {"file_id": file_id, "blob": "its-bytes"}}
    for _ in range(2):
        body = picture | {"delay_seconds": delay}
        response = await api.post(TASKS, json=body, headers=KEY)
        assert (response.status_code, response.json()["code"]) == (503, "no-worker")
        assert "media.process" in response.json()["detail"]
        assert response.headers["Retry-After"] == "2"


def assert_away(status: int, code: str) -> None:
    assert (status, code) == (503, "unavailable")


async def test_without_the_broker_the_service_starts_and_only_tasks_are_a_503(
    settings: Settings, reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reporter.done == []
    async with broker_proxy(settings) as (between, moved):
        await between.cut()
        async with client(served_to(FakeAccess(), moved)) as api:
            assert (await api.get("/ready")).status_code == 200
            with monkeypatch.context() as patch:
                patch.setattr(connection, "RETRY_SECONDS", 0.5)
                refused = await api.post(TASKS, json=REPORT)
            assert_away(refused.status_code, refused.json()["code"])
            assert refused.headers["Retry-After"] == "2"
            await between.join()
            await ended(api, await posted(api))


async def test_without_redis_tasks_are_a_503_and_nothing_else(
    settings: Settings, reporter: Reporter
) -> None:
    assert reporter.done == []
    async with (
        flaky_redis(settings) as (between, moved),
        client(served_to(FakeAccess(), moved)) as api,
    ):
        await between.cut()
        assert (await api.get("/health")).status_code == 200
        for answer in (await api.post(TASKS, json=REPORT), await api.get(f"{TASKS}/stats")):
            assert_away(answer.status_code, answer.json()["code"])
            assert answer.headers["Retry-After"] == "2"


def test_every_task_in_the_list_is_described() -> None:
    schema = TypeAdapter[object](NewTask).json_schema()
    assert schema["discriminator"]["mapping"].keys() == {kind.task.name for kind in KINDS}
