"""Every expected failure as one tree; a business error knows its HTTP status.

ConfigurationError · CompositionError · ServiceError
  400 BadRequestError    401 UnauthorizedError      403 ForbiddenError  404 NotFoundError
  409 ConflictError      413 PayloadTooLargeError   422 InvalidError
  429 TooManyRequestsError
  502 BadGatewayError                               503 UnavailableError
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from pydantic import JsonValue


class ConfigurationError(Exception):
    """The environment lacks something; the message names each variable on a line of its own."""


class CompositionError(Exception):
    """The resources of a service do not fit together: a duplicate, a circle or one unknown."""


class ServiceError(Exception):
    """A failure that the caller is told about; `extensions` become members of the problem.

    The class has a code and a title; an error that another service sent keeps those of its own.
    """

    status: ClassVar[int] = 500
    code: str = "internal-error"
    title: str = "Internal server error"

    def __init__(self, detail: str, /, **extensions: JsonValue) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extensions = extensions

    def headers(self) -> dict[str, str]:
        """Return the headers this error calls for; the extension `retry_after` is in seconds."""
        seconds = self.extensions.get("retry_after")
        if not isinstance(seconds, int | float):
            return {}
        # A header has whole seconds only, and an early retry is a wasted one.
        return {"Retry-After": str(ceil(seconds))}


class BadRequestError(ServiceError):
    """The request makes no sense, whatever the state of the data."""

    status, code, title = 400, "bad-request", "Bad request"


class UnauthorizedError(ServiceError):
    """Nobody, or somebody unknown, is asking; `scheme` is the way to authenticate."""

    status, code, title = 401, "unauthorized", "Authentication required"
    scheme: ClassVar[str] = "Bearer"

    def headers(self) -> dict[str, str]:
        """Return the challenge."""
        return {"WWW-Authenticate": self.scheme}


class ForbiddenError(ServiceError):
    """The caller is known and may not do this."""

    status, code, title = 403, "forbidden", "Forbidden"


class NotFoundError(ServiceError):
    """The thing asked for does not exist."""

    status, code, title = 404, "not-found", "Not found"


class ConflictError(ServiceError):
    """The state of the data is in the way; `field` names the culprit where there is one."""

    status, code, title = 409, "conflict", "Conflict"


class PayloadTooLargeError(ServiceError):
    """The body is larger than this service reads."""

    status, code, title = 413, "payload-too-large", "Payload too large"


class InvalidError(ServiceError):
    """The payload is not valid; `errors` lists a field and a reason for each finding."""

    status, code, title = 422, "invalid", "Invalid request"


class TooManyRequestsError(ServiceError):
    """The caller is asking too often."""

    status, code, title = 429, "too-many-requests", "Too many requests"


class BadGatewayError(ServiceError):
    """A service that this one relies on gave an answer that makes no sense."""

    status, code, title = 502, "bad-gateway", "Bad gateway"


class UnavailableError(ServiceError):
    """Something that this service needs is not there at the moment."""

    status, code, title = 503, "unavailable", "Service unavailable"
