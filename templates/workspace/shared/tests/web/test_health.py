"""The process is alive; it is ready when what it needs answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.testing import client
from tests.support.greeting import greeting_app

if TYPE_CHECKING:
    from shared.settings import ServiceSettings


async def test_ready_tells_what_was_pinged(settings: ServiceSettings) -> None:
    async with client(greeting_app(settings)) as http:
        answer = await http.get("/ready")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "checks": {"Greeter": "ok"}}


async def test_ready_is_503_while_something_is_down_and_health_is_not(
    settings: ServiceSettings,
) -> None:
    sick = settings.model_copy(update={"service_name": "sick"})

    async with client(greeting_app(sick)) as http:
        ready, health = await http.get("/ready"), await http.get("/health")

    assert (ready.status_code, ready.json()["checks"]) == (503, {"Greeter": "ConnectionError"})
    assert ready.headers["content-type"] == "application/problem+json"
    assert (health.status_code, health.json()) == (200, {"status": "ok"})
