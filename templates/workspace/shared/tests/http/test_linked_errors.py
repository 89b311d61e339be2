"""An error of the linked service is the service's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.testing import client
from tests.support.front import front
from tests.support.provider import providing
from tests.support.replies import Reply

if TYPE_CHECKING:
    import pytest


async def test_an_error_of_the_linked_service_is_the_services_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = b'{"code": "already-taken", "title": "Taken", "detail": "no", "field": "email"}'
    async with (
        providing(Reply(status=409, body=body)) as provider,
        client(front(monkeypatch, provider.url)) as http,
    ):
        problem = (await http.get("/api/v1/things/a")).json()

    expected = {"status": 409, "code": "already-taken", "title": "Taken", "field": "email"}
    assert problem.items() >= expected.items()
    assert problem["type"] == "urn:problem:already-taken"
