"""The few words of ASGI that the middlewares speak, without a framework."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

UNMATCHED = "unmatched"
INTERNAL_SERVER_ERROR = 500


class StatusRecorder:
    """Passes messages on and remembers the status; 500 as long as nothing was sent."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = INTERNAL_SERVER_ERROR

    async def __call__(self, message: Message) -> None:
        """Pass one message on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


def header(scope: Scope, name: str) -> str | None:
    """Return the first header of that name, or None."""
    wanted = name.lower().encode("latin-1")
    for key, value in scope["headers"]:
        if key == wanted:
            return str(value, "latin-1")
    return None


def route_template(scope: Scope) -> str:
    """Return the path as the route declares it, or `unmatched`: never what the caller typed."""
    # An included router's prefix is known only to FastAPI's own context of the request.
    context = scope.get("fastapi", {}).get("effective_route_context")
    route = scope.get("route")
    template = getattr(context, "path_format", None) or getattr(route, "path_format", None)
    return template if isinstance(template, str) else UNMATCHED
