"""The outermost layer around an application: nothing leaves it but HTTP and problems."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

from shared.errors import PayloadTooLargeError, UnavailableError
from shared.problem.details import problem_response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class ProblemEdge:
    """Answers with a problem where the framework and the server would not.

    That is a body over the limit, and a request that is cut because the process is stopping.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send)
        try:
            await self._app(scope, receive, exchange.pass_on)
        except asyncio.CancelledError:
            if exchange.started:
                raise
            await problem_response(UnavailableError("the service is stopping"))(
                scope, receive, send
            )
        except Exception:
            # Its handler has logged and answered it: passed on, it would be logged once more.
            if not exchange.finished:
                raise


class _Exchange:
    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self.started = self.finished = False
        self._replaced = False

    async def pass_on(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self._replaced = _is_plain_413(message)
            if self._replaced:
                response = problem_response(PayloadTooLargeError("the body is too large"))
                await response(self._scope, self._receive, self._send)
        if not self._replaced:
            await self._send(message)
        last = message["type"] == "http.response.body" and not message.get("more_body", False)
        self.finished = self.finished or last


def _is_plain_413(message: Message) -> bool:
    too_large = message["status"] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return too_large and any(
        name == b"content-type" and value.startswith(b"text/plain")
        for name, value in message["headers"]
    )
