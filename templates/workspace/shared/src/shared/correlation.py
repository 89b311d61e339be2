"""Carries one request id from the edge into everything done for that request."""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING
from uuid import uuid4

from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars

from shared.asgi import header, header_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.asgi import App, Message, Receive, Scope, Send

REQUEST_ID_HEADER = "X-Request-ID"

_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{1,128}")
_current: ContextVar[str | None] = ContextVar("request_id", default=None)


def current_request_id() -> str | None:
    """Return the id of the request being served, or None outside of one."""
    return _current.get()


def new_request_id() -> str:
    """Make an id that nobody else has."""
    return uuid4().hex


def accepted_request_id(offered: str | None) -> str:
    """Return the offered id if it is safe to log and to send on, otherwise a new one."""
    if offered is not None and _ACCEPTED.fullmatch(offered):
        return offered
    return new_request_id()


@contextmanager
def request_scope(request_id: str) -> Iterator[None]:
    """Make this the current id, also in every log line, until the block ends."""
    token = _current.set(request_id)
    try:
        with bound_contextvars(request_id=request_id):
            yield
    finally:
        _current.reset(token)


def begin_request(request_id: str, **logged: object) -> None:
    """Make this the current id until the asyncio task ends; `logged` is in all of its lines."""
    _current.set(request_id)
    bind_contextvars(request_id=request_id, **logged)


class RequestIdMiddleware:
    """Takes the id from the request's header or makes one, and sends it back."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request under its id."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        request_id = accepted_request_id(header(scope, REQUEST_ID_HEADER))
        echo = (header_name(REQUEST_ID_HEADER), request_id.encode())

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), echo]
            await send(message)

        # The server gives each request a context of its own, so what is bound for the log need not
        # be undone; what was bound around it is not the request's.
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        token = _current.set(request_id)
        try:
            await self._app(scope, receive, send_with_id)
        finally:
            _current.reset(token)
