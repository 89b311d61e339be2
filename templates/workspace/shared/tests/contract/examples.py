"""Calls that are as agreed, and changes that make them others."""

from __future__ import annotations

from typing import Any

import httpx2

from shared.testing.contract import RecordedCall

ID = "6f1de5f0-6f2e-4a35-9a43-3c0e5a1f5f43"
USER: dict[str, Any] = {"id": ID, "email": "ann@example.org", "role": "user", "extra": {"a": 1}}
PROBLEM = {"type": "t", "title": "T", "status": 404, "detail": "D", "code": "c", "field": "extra"}
MEDIA_TYPE = "application/problem+json"


def call(
    method: str, path: str, status: int = 200, *, sent: object = None, got: object = None
) -> RecordedCall:
    """Return a call of /api/v1/users{path} with the key that every call must have."""
    url, headers = f"http://users-data/api/v1/users{path}", {"X-API-Key": "k"}
    request = httpx2.Request(method, url, headers=headers, json=sent)
    return RecordedCall.of(request, answer(status, got))


def answer(status: int, got: object) -> httpx2.Response:
    if got is None:
        return httpx2.Response(status)
    kind = MEDIA_TYPE if status >= 400 else "application/json"
    return httpx2.Response(status, json=got, headers={"Content-Type": kind})
