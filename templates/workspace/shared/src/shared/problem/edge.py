"""The outermost layer around an application: nothing leaves it but HTTP and problems."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from shared.errors import PayloadTooLargeError
from shared.problem.details import problem_response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class ProblemEdge:
    """Makes a problem of the framework's plain 413 and keeps handled errors to itself.

    Starlette raises an unexpected error again after its handler has logged and answered it;
    passed on, it would be logged a second time by the server.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        replaced = False

        async def send_problem(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and _is_plain_413(message):
                replaced = True
                response = problem_response(PayloadTooLargeError("The body is too large"))
                await response(scope, receive, send)
            elif not replaced:
                await send(message)

        try:
            await self._app(scope, receive, send_problem)
        except Exception:
            if "app" not in scope:
                raise


def _is_plain_413(message: Message) -> bool:
    too_large = message["status"] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return too_large and any(
        name == b"content-type" and value.startswith(b"text/plain")
        for name, value in message["headers"]
    )
