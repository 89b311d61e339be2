"""The business errors, one for each HTTP status that a service answers with."""

from __future__ import annotations

from typing import ClassVar

from shared.errors.service import ServiceError


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
