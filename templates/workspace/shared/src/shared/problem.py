"""Turns every error into problem details (RFC 9457) that carry the request id."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from shared import errors
from shared.asgi import header
from shared.correlation import current_request_id
from shared.errors import InvalidError, PayloadTooLargeError, ServiceError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi import FastAPI
    from pydantic import JsonValue
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

PROBLEM_MEDIA_TYPE = "application/problem+json"

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_TOO_LARGE = "the body is too large"
_WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})

_log = structlog.stdlib.get_logger(__name__)


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it; an error may add members of its own."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str | None = None


class ProblemResponse(JSONResponse):
    """A response whose body is a problem."""

    media_type = PROBLEM_MEDIA_TYPE


def problem_response(error: ServiceError) -> ProblemResponse:
    """Return the response that tells the caller about this error."""
    members = {**error.extensions, "code": error.code, "title": error.title}
    members |= {"status": error.status, "detail": error.detail}
    return _render(members, error.headers())


def _render(
    members: Mapping[str, JsonValue], headers: Mapping[str, str] | None = None
) -> ProblemResponse:
    problem = Problem.model_validate(
        {
            **members,
            "type": f"urn:problem:{members['code']}",
            "request_id": current_request_id(),
        }
    )
    return ProblemResponse(problem.model_dump(mode="json"), problem.status, headers)


def _documented(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {PROBLEM_MEDIA_TYPE: {"schema": schema}}}


PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": _documented("The request cannot be served as it is"),
    "5XX": _documented("The service cannot serve the request"),
}


def problem_responses(*kinds: type[ServiceError]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route that raises these errors."""
    return {kind.status: _documented(kind.title) for kind in kinds}


def document_problems(openapi: dict[str, Any]) -> dict[str, Any]:
    """Add the schema that documented problems refer to; returns the same document."""
    schemas = openapi.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema()
    return openapi


def install_problem_handlers(app: FastAPI) -> None:
    """Have this application answer every error with a problem."""
    app.exception_handler(ServiceError)(_on_service_error)
    app.exception_handler(HTTPException)(_on_http_error)
    app.exception_handler(RequestValidationError)(_on_invalid_request)
    app.exception_handler(Exception)(_on_unexpected_error)


async def _on_service_error(_: Request, error: ServiceError) -> Response:
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.warning("service error", code=error.code, detail=error.detail)
    return problem_response(error)


async def _on_http_error(request: Request, error: HTTPException) -> Response:
    headers = dict(error.headers or {})
    if error.status_code in _WITHOUT_BODY:
        return Response(status_code=error.status_code, headers=headers)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = _allowed_methods(request)
    code, title = _code_and_title(error.status_code)
    members: dict[str, JsonValue] = {"code": code, "title": title, "status": error.status_code}
    return _render({**members, "detail": str(error.detail)}, headers)


def _code_and_title(status: int) -> tuple[str, str]:
    # Where one of our own errors has the status, they are that error's.
    for kind in ServiceError.__subclasses__():
        if kind.status == status and kind.__module__ == errors.__name__:
            return kind.code, kind.title
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = f"HTTP {status}"
    return phrase.lower().replace(" ", "-"), phrase


def _allowed_methods(request: Request) -> str:
    # Of all routes with this path: the framework names only those of the first.
    allowed = [
        method
        for method in _METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    ]
    if "GET" in allowed:
        allowed.insert(1, "HEAD")
    return ", ".join(allowed)


async def _on_invalid_request(_: Request, error: RequestValidationError) -> Response:
    findings: list[JsonValue] = [
        {"field": _field(finding), "reason": str(finding["msg"])} for finding in error.errors()
    ]
    return problem_response(InvalidError("The request is not valid", errors=findings))


def _field(finding: dict[str, Any]) -> str:
    place: Sequence[object] = finding["loc"]
    # The place of a syntax error is a position in the text, not a field.
    return "body" if finding["type"] == "json_invalid" else ".".join(str(part) for part in place)


async def _on_unexpected_error(_: Request, error: Exception) -> Response:
    _log.error("unexpected error", exc_info=error)
    return problem_response(ServiceError("Something went wrong on our side"))


class ProblemMiddleware:
    """Answers with a problem where the framework and the server would not.

    That is a body over the limit, and a request that is cut because the process is stopping.
    """

    def __init__(self, app: ASGIApp, max_body_bytes: int) -> None:
        self._app, self._max_body_bytes = app, max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = header(scope, "Content-Length") or ""
        if length.isdecimal() and int(length) > self._max_body_bytes:
            await problem_response(PayloadTooLargeError(_TOO_LARGE))(scope, receive, send)
            return
        body, answer = _LimitedBody(receive, self._max_body_bytes), _Answer(send)
        try:
            await self._app(scope, body.receive, answer.pass_on)
        except asyncio.CancelledError:
            if answer.started:
                raise
            await problem_response(UnavailableError("the service is stopping"))(
                scope, receive, send
            )
        except Exception:
            # Its handler has logged and answered it: passed on, it would be logged once more.
            if not answer.finished:
                raise


class _LimitedBody:
    # FastAPI has a limit of its own: twice around each request, and answered in plain text.
    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive, self._left = receive, limit

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            # This kind alone is what reads the body passes on.
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _TOO_LARGE)
        return message


class _Answer:
    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = self.finished = False

    async def pass_on(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
        elif message["type"] == "http.response.body":
            self.finished = not message.get("more_body", False)
        await self._send(message)
