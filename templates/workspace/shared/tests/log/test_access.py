"""One line for each request, with its route and its outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.testing import client
from tests.support.applications import failing_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.settings import ServiceSettings

    Lines = Callable[[], list[dict[str, Any]]]


async def test_there_is_one_access_line_per_request_and_none_for_probes(
    settings: ServiceSettings, lines: Lines
) -> None:
    async with client(failing_app(settings)) as http:
        await http.get("/health")
        await http.get("/api/v1/items/12345")
        await http.get("/nowhere/12345")

    seen = [(line["route"], line["status"]) for line in lines()]
    assert seen == [("/api/v1/items/{number}", 200), ("unmatched", 404)]
