"""Requests are counted and timed by route."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.testing import client
from tests.support.greeting import PATH, greeting_app

if TYPE_CHECKING:
    import httpx2

    from shared.settings import ServiceSettings


def counted(metrics: httpx2.Response, line: str) -> bool:
    return line in metrics.text.splitlines()


async def test_requests_are_measured_by_route_and_not_by_path(settings: ServiceSettings) -> None:
    async with client(greeting_app(settings)) as http:
        await http.get(PATH)
        await http.get(PATH.replace("en", "fr"))
        await http.get("/nowhere/hush")
        await http.request("HUSH", "/ready")
        metrics = await http.get("/metrics")

    name, route = "http_request_duration_seconds_count", "/api/v1/greetings/{language}/one"
    assert counted(metrics, f'{name}{{method="GET",route="{route}",status="200"}} 2.0')
    assert counted(metrics, f'{name}{{method="GET",route="unmatched",status="404"}} 1.0')
    assert counted(metrics, f'{name}{{method="OTHER",route="/ready",status="405"}} 1.0')
    assert counted(metrics, 'http_requests_in_progress{method="GET"} 1.0')
    assert "hush" not in metrics.text.lower()
    assert "process_resident_memory_bytes" in metrics.text
    assert metrics.headers["content-type"].startswith("text/plain; version=1.0.0")


async def test_a_feature_has_metrics_of_its_own_in_each_application(
    settings: ServiceSettings,
) -> None:
    for _ in range(2):
        async with client(greeting_app(settings)) as http:
            await http.get(PATH)
            assert counted(await http.get("/metrics"), "greetings_total 1.0")
