"""How the workers are doing can be seen, also that there are none."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from app.application import build_application
from app.features import FEATURES, Settings
from shared.testing import client, wait_until
from shared.testing.frail import frail_broker
from tests.support.redis import flaky_redis
from tests.tasks.conftest import Painter
from tests.tasks.examples import RED, TASKS, offering
from tests.tasks.test_tasks import ended, posted

KEY = {"Idempotency-Key": "a-key-of-mine"}


async def painting(api: AsyncClient) -> dict[str, Any]:
    queues: dict[str, dict[str, Any]] = (await api.get(f"{TASKS}/stats")).json()["queues"]
    assert queues.keys() == {"painting", "dreaming"}
    return queues["painting"]


async def test_the_stats_count_what_was_done_and_what_failed(
    api: AsyncClient, painter: Painter
) -> None:
    before = await painting(api)
    await ended(api, await posted(api))
    painter.error = RuntimeError("no paint")
    await ended(api, await posted(api))
    # The dead letter is written after the status.
    await wait_until(lambda: has_dead(api, before["dead"] + 1), what="a dead letter")
    after = await painting(api)
    grown = {name: after[name] - before[name] for name in ("processed", "failed", "retried")}
    assert grown == {"processed": 1, "failed": 1, "retried": 1}
    assert (after["ready"], after["in_flight"]) == (0, 0)


async def has_dead(api: AsyncClient, count: int) -> bool:
    return bool((await painting(api))["dead"] == count)


@pytest.mark.parametrize("delay", [0, 60])
async def test_a_task_that_nobody_has_ever_taken_is_refused_and_may_be_sent_again(
    api: AsyncClient, delay: float
) -> None:
    body = RED | {"type": "dream", "delay_seconds": delay}
    for _ in range(2):
        response = await api.post(TASKS, json=body, headers=KEY)
        assert (response.status_code, response.json()["code"]) == (503, "no-worker")
        assert "dream" in response.json()["detail"]
        assert response.headers["Retry-After"] == "2"


def assert_away(status: int, code: str) -> None:
    assert (status, code) == (503, "unavailable")


async def test_without_the_broker_the_service_starts_and_only_tasks_are_a_503(
    settings: Settings, painter: Painter
) -> None:
    assert painter.done == []
    async with frail_broker(settings) as (between, moved):
        await between.cut()
        async with client(offering(moved)) as api:
            assert (await api.get("/ready")).status_code == 200
            refused = await api.post(TASKS, json=RED)
            assert_away(refused.status_code, refused.json()["code"])
            assert refused.headers["Retry-After"] == "2"
            await between.join()
            await ended(api, await posted(api))


async def test_without_redis_tasks_are_a_503_and_nothing_else(
    settings: Settings, painter: Painter
) -> None:
    assert painter.done == []
    async with flaky_redis(settings) as (between, moved), client(offering(moved)) as api:
        await between.cut()
        assert (await api.get("/health")).status_code == 200
        for answer in (await api.post(TASKS, json=RED), await api.get(f"{TASKS}/stats")):
            assert_away(answer.status_code, answer.json()["code"])
            assert answer.headers["Retry-After"] == "2"


async def test_every_task_in_the_list_is_on_offer(settings: Settings) -> None:
    async with client(build_application(settings, features=FEATURES)) as api:
        document = (await api.get("/openapi.json")).json()
    described = document["components"]["schemas"]["NewTask"]["properties"]
    assert len(described["payload"]["anyOf"]) == len(described["type"]["enum"]) > 0
