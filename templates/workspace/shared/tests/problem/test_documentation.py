"""OpenAPI says which problems a route may answer with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.problem import PROBLEM_MEDIA_TYPE

if TYPE_CHECKING:
    import httpx2


async def test_openapi_describes_problems_and_nothing_else_for_errors(
    http: httpx2.AsyncClient,
) -> None:
    document = (await http.get("/openapi.json")).json()

    responses = document["paths"]["/api/v1/items"]["post"]["responses"]
    assert set(responses) == {"200", "409", "4XX", "5XX"}
    for status in ("409", "4XX", "5XX"):
        reference = {"$ref": "#/components/schemas/Problem"}
        assert responses[status]["content"] == {PROBLEM_MEDIA_TYPE: {"schema": reference}}
    assert set(document["components"]["schemas"]) == {"Alive", "Item", "Problem", "Ready"}
