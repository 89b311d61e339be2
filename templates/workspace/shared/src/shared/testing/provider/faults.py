"""What can go wrong with a provider that is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from httpx2 import Response

if TYPE_CHECKING:
    import asyncio

Fault: TypeAlias = Callable[[], Awaitable[Response | None]]

_JSON = {"Content-Type": "application/json"}


def answering(status: int, content: str = "", **headers: str) -> Fault:
    """Always give this answer."""

    async def fault() -> Response:
        return Response(status, headers=_JSON | headers, content=content.encode())

    return fault


def flapping(status: int) -> Fault:
    """Give this answer to every other request, to the first one first."""
    asked = 0

    async def fault() -> Response | None:
        nonlocal asked
        asked += 1
        return Response(status) if asked % 2 else None

    return fault


def hanging(until: asyncio.Event) -> Fault:
    """Answer nothing before that, and with 503 afterwards."""

    async def fault() -> Response:
        await until.wait()
        return Response(503)

    return fault
