"""A test may stand in for the network."""

from __future__ import annotations

import httpx2

from shared.http import DataServiceClient, Target


async def test_a_test_may_stand_in_for_the_network() -> None:
    def fake(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=request.url.path)

    target = Target(name="users-data", base_url="http://users-data")
    async with DataServiceClient(target, transport=httpx2.MockTransport(fake)) as faked:
        assert await faked.get("/health", into=str) == "/health"
