"""Answers of a provider as the client has read them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx2

from shared.http.answers import Answer
from shared.http.problems import error_of

if TYPE_CHECKING:
    from shared.errors import ServiceError

PROBLEM = {"type": "urn:problem:x", "title": "Odd", "status": 1, "detail": "Why", "code": "odd-one"}


def error_from(status: int, body: object, **headers: str) -> ServiceError:
    fields = {"Content-Type": "application/problem+json"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    answer = Answer(status=status, headers=httpx2.Headers(fields), body=json.dumps(body).encode())
    return error_of("users-data", answer)
