"""A body that is too large is a problem, whether its length is announced or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.problems import problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx2


async def chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 100):
        yield b"x" * 100


@pytest.mark.parametrize("path", ["/api/v1/items", "/api/v1/upload"])
@pytest.mark.parametrize("chunked", [True, False])
async def test_a_body_over_the_limit_is_a_problem(
    http: httpx2.AsyncClient, path: str, *, chunked: bool
) -> None:
    content = chunks(1100) if chunked else b"x" * 1100
    headers = {"Content-Type": "application/json"}

    body = problem(await http.post(path, content=content, headers=headers))

    assert (body["status"], body["code"]) == (413, "payload-too-large")


@pytest.mark.parametrize("chunked", [True, False])
async def test_a_body_at_the_limit_is_read(http: httpx2.AsyncClient, *, chunked: bool) -> None:
    content = chunks(1000) if chunked else b"x" * 1000

    assert (await http.post("/api/v1/upload", content=content)).json() == "1000"
