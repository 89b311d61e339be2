"""The few words of ASGI that the middlewares speak, without a framework."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
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


@cache
def header_name(name: str) -> bytes:
    """Return the name of a header as ASGI has it."""
    return name.lower().encode("latin-1")


def header(scope: Scope, name: str) -> str | None:
    """Return the first header of that name, or None."""
    wanted = header_name(name)
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


class HeadMiddleware:
    """Answers HEAD as GET is answered; the server leaves the body out."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        # The server looks at the scope that it made, so what the routes see is another one.
        asked = {**scope, "method": "GET"}
        try:
            await self._app(asked, receive, send)
        finally:
            scope.update({**asked, "method": "HEAD"})
