"""Every failure of a call as one of our own errors, whatever the other side or the network did."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from math import ceil
from typing import TYPE_CHECKING

import httpx2

from shared import errors
from shared.errors import UnavailableError

if TYPE_CHECKING:
    from shared.http.sender import Answer

_STANDARD = frozenset({"type", "title", "status", "detail", "instance", "code", "request_id"})
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MAX_CODE = 64
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)

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


class NotUnderstoodError(Exception):
    """An answer is not what was agreed; the message is for the log and shows none of its data."""


class NotSentError(UnavailableError):
    """No connection could be had, so nothing was sent: safe to try again, whatever the method."""


def network_error(target: str, error: httpx2.TransportError) -> UnavailableError:
    """Return the error that stands for this one; where the target is stays out of it."""
    kind = NotSentError if isinstance(error, _NOT_SENT) else UnavailableError
    return kind(f"{target} cannot be reached")


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
    wait = _retry_after(answer, extensions.pop("retry_after", None))
    if wait is not None:
        extensions["retry_after"] = wait
    error = kind(detail if isinstance(detail, str) and detail else otherwise, **extensions)
    if _is_code(members.get("code")) and isinstance(title, str):
        error.code, error.title = members["code"], title
    return error


def _is_code(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _MAX_CODE and bool(_CODE.fullmatch(value))


def _retry_after(answer: Answer, member: object) -> float | None:
    # The header is a number or a date; a member of the problem counts where there is none.
    text = answer.headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(text):
        return float(text) if "." in text else int(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return member if isinstance(member, int | float) and member >= 0 else None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, ceil((zoned - datetime.now(UTC)).total_seconds()))
