"""What is true of every problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.problem import PROBLEM_MEDIA_TYPE

if TYPE_CHECKING:
    import httpx2


def problem(answer: httpx2.Response) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == PROBLEM_MEDIA_TYPE
    assert answer.headers["x-request-id"] == "id-1"
    assert body["request_id"] == "id-1"
    assert body["status"] == answer.status_code
    assert body["type"] == f"urn:problem:{body['code']}"
    assert body["title"]
    return body
