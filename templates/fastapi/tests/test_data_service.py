"""The service outlives its data service, and says what is wrong with it."""

import asyncio
from urllib.parse import urlsplit

import pytest
from httpx2 import AsyncClient, Response

from app.application import build_application
from app.features import FEATURES, Settings
from shared.http import API_KEY_HEADER, DataServiceClient, Target, Timeouts
from shared.testing import Proxy, client, proxy
from shared.testing.provider import Provider, answering, flapping, hanging
from tests.support.access import replacing
from tests.support.notes import NOTES, Desk, feature_at

ASK = f"{NOTES}/health"


def assert_problem(response: Response, status: int, code: str) -> None:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == code


async def test_without_the_data_service_not_ready_and_503_and_back_again(
    settings: Settings, desk: Desk
) -> None:
    address = urlsplit(settings.data_service_url)
    async with proxy(address.hostname or "", address.port or 0) as between:
        url = f"http://127.0.0.1:{between.port}"
        moved = settings.model_copy(update={"data_service_url": url})
        app = build_application(moved, features=(*FEATURES, feature_at(desk)))
        async with client(app) as connected:
            await goes_and_comes_back(connected, between)


async def goes_and_comes_back(api: AsyncClient, between: Proxy) -> None:
    assert (await api.get("/ready")).json()["checks"]["DataServiceClient"] == "ok"
    await between.cut()
    assert_problem(await api.get("/ready"), 503, "unavailable")
    assert_problem(await api.get(ASK), 503, "unavailable")
    assert (await api.get("/health")).status_code == 200
    await between.join()
    assert (await api.get(ASK)).status_code == 200
    assert (await api.get("/ready")).status_code == 200


async def test_one_that_fails_now_and_then_isnt_noticed(
    api: AsyncClient, provider: Provider
) -> None:
    provider.fault = flapping(503)
    assert (await api.get(ASK)).json() == {"status": "ok"}
    assert provider.calls == ["GET /health"] * 2


async def test_one_that_is_slow_costs_no_more_time_than_a_call_has(
    settings: Settings, provider: Provider, desk: Desk
) -> None:
    target = Target(
        name="data-service",
        base_url=settings.data_service_url,
        headers={API_KEY_HEADER: settings.data_service_api_key.get_secret_value()},
        timeouts=Timeouts(total=0.3),
    )
    enough = asyncio.Event()
    async with DataServiceClient(target) as hasty:
        features = replacing(DataServiceClient, hasty, (*FEATURES, feature_at(desk)))
        async with client(build_application(settings, features)) as api:
            provider.fault = hanging(enough)
            response = await api.get(ASK)
            enough.set()
    assert_problem(response, 503, "unavailable")


@pytest.mark.parametrize(
    ("status", "content"),
    [(200, "{"), (200, "[]"), (200, '{"status": 7}'), (500, ""), (302, ""), (418, "{}")],
)
async def test_an_answer_that_makes_no_sense_is_a_502(
    api: AsyncClient, provider: Provider, status: int, content: str
) -> None:
    provider.fault = answering(status, content)
    assert_problem(await api.get(ASK), 502, "bad-gateway")


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_that_is_refused_is_not_the_callers_business(
    api: AsyncClient, provider: Provider, status: int
) -> None:
    provider.fault = answering(status, "{}")
    assert_problem(await api.get(ASK), 502, "bad-gateway")


async def test_the_request_id_is_passed_on_and_the_calls_are_measured(
    api: AsyncClient, provider: Provider
) -> None:
    provider.fault = answering(404, '{"detail": "no", "code": "not-found", "title": "Not found"}')
    response = await api.get(ASK, headers={"X-Request-ID": "abc-1"})
    assert_problem(response, 404, "not-found")
    assert response.json()["request_id"] == "abc-1"
    assert 'target="data-service"' in (await api.get("/metrics")).text
