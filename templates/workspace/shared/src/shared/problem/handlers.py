"""The handlers that make a problem of whatever a route raises."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared.errors import InvalidError, ServiceError
from shared.problem.details import problem_response, render_problem
from shared.problem.methods import allowed_methods
from shared.problem.titles import code_and_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI
    from pydantic import JsonValue
    from starlette.requests import Request

_log = structlog.stdlib.get_logger(__name__)
_WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


def install_problem_handlers(app: FastAPI) -> None:
    """Have this application answer every error with a problem."""
    app.exception_handler(ServiceError)(_service_error)
    app.exception_handler(HTTPException)(_http_error)
    app.exception_handler(RequestValidationError)(_invalid_request)
    app.exception_handler(Exception)(_unexpected)


async def _service_error(_: Request, error: ServiceError) -> Response:
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.warning("service error", code=error.code, detail=error.detail)
    return problem_response(error)


async def _http_error(request: Request, error: HTTPException) -> Response:
    headers = dict(error.headers or {})
    if error.status_code in _WITHOUT_BODY:
        return Response(status_code=error.status_code, headers=headers)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = allowed_methods(request)
    code, title = code_and_title(error.status_code)
    members: dict[str, JsonValue] = {"code": code, "title": title, "status": error.status_code}
    return render_problem({**members, "detail": str(error.detail)}, headers)


async def _invalid_request(_: Request, error: RequestValidationError) -> Response:
    findings: list[JsonValue] = [
        {"field": _field(finding), "reason": str(finding["msg"])} for finding in error.errors()
    ]
    return problem_response(InvalidError("The request is not valid", errors=findings))


def _field(finding: dict[str, Any]) -> str:
    place: Sequence[object] = finding["loc"]
    # The place of a syntax error is a position in the text, not a field.
    return "body" if finding["type"] == "json_invalid" else ".".join(str(part) for part in place)


async def _unexpected(_: Request, error: Exception) -> Response:
    _log.error("unexpected error", exc_info=error)
    return problem_response(ServiceError("Something went wrong on our side"))
