"""Turns problem details back into the typed error they were made of."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from shared import errors
from shared.http.retry_after import retry_after

if TYPE_CHECKING:
    from shared.http.answers import Answer

_STANDARD = frozenset({"type", "title", "status", "detail", "instance", "code", "request_id"})
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MAX_CODE = 64

# These are about what the caller asked for, so its own caller may be told the same.
_PASSED_ON: dict[int, type[errors.ServiceError]] = {
    kind.status: kind
    for kind in (
        errors.BadRequestError,
        errors.NotFoundError,
        errors.ConflictError,
        errors.PayloadTooLargeError,
        errors.InvalidError,
    )
}
_LATER: dict[int, type[errors.ServiceError]] = {
    HTTPStatus.TOO_MANY_REQUESTS: errors.TooManyRequestsError,
    HTTPStatus.BAD_GATEWAY: errors.UnavailableError,
    HTTPStatus.SERVICE_UNAVAILABLE: errors.UnavailableError,
    HTTPStatus.GATEWAY_TIMEOUT: errors.UnavailableError,
}
# These are about this service's own credentials: whoever calls it has nothing to do with them.
_OURS: dict[int, type[errors.ServiceError]] = {
    HTTPStatus.UNAUTHORIZED: errors.UnauthorizedError,
    HTTPStatus.FORBIDDEN: errors.ForbiddenError,
}


def error_of(target: str, answer: Answer) -> errors.ServiceError:
    """Return the error that an answer of 300 or more stands for, with its code and members.

    401 and 403 come as the cause of a BadGatewayError; any status that has no meaning between
    services is a BadGatewayError too, and so is a 4xx whose body is neither JSON nor empty.
    """
    status = answer.status
    if status in _LATER:
        return _rebuilt(_LATER[status], f"{target} is not available", answer)
    if status in _PASSED_ON and (answer.is_json or not answer.body):
        return _rebuilt(_PASSED_ON[status], f"{target} answered {status}", answer)
    if status in _OURS:
        refused = errors.BadGatewayError(f"{target} refused this service")
        refused.__cause__ = _rebuilt(_OURS[status], f"{target} answered {status}", answer)
        return refused
    return errors.BadGatewayError(f"{target} gave an answer that makes no sense")


def _rebuilt(
    kind: type[errors.ServiceError], otherwise: str, answer: Answer
) -> errors.ServiceError:
    members = answer.members()
    detail, title = members.get("detail"), members.get("title")
    extensions = {name: value for name, value in members.items() if name not in _STANDARD}
    # It becomes a header again, so it must be a number.
    wait = retry_after(answer, extensions.pop("retry_after", None))
    if wait is not None:
        extensions["retry_after"] = wait
    error = kind(detail if isinstance(detail, str) and detail else otherwise, **extensions)
    if _is_code(members.get("code")) and isinstance(title, str):
        error.code, error.title = members["code"], title
    return error


def _is_code(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _MAX_CODE and bool(_CODE.fullmatch(value))
