"""What a server says of its start and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.running import HOLD, running

if TYPE_CHECKING:
    import httpx2

    from tests.support.gate import Gate


async def test_every_line_is_json_and_carries_the_request_id(
    gate: Gate, browser: httpx2.AsyncClient
) -> None:
    gate.open()
    async with running(GATE=gate) as service:
        answer = await browser.get(await service.url() + HOLD, headers={"X-Request-ID": "id-1"})
        access = await service.logged("request")

    assert answer.headers["x-request-id"] == "id-1"
    assert service.all("holding")[0]["request_id"] == "id-1"
    assert service.all("holding")[0]["logger"] == "stdlib"
    expected = {"method": "GET", "route": HOLD, "status": 200, "consumer": "tester"}
    assert access.items() >= (expected | {"request_id": "id-1", "service": "held"}).items()
    assert access["duration_ms"] >= 0
    assert service.all("Uvicorn running")[0]["service"] == "held"
