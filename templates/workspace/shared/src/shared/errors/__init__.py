"""Every expected failure as one tree; a business error knows its HTTP status.

ConfigurationError · CompositionError · ServiceError
  400 BadRequestError    401 UnauthorizedError      403 ForbiddenError  404 NotFoundError
  409 ConflictError      413 PayloadTooLargeError   422 InvalidError
  429 TooManyRequestsError
  502 BadGatewayError                               503 UnavailableError
"""

from shared.errors.service import ServiceError
from shared.errors.starting import CompositionError, ConfigurationError
from shared.errors.statuses import (
    BadGatewayError,
    BadRequestError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    PayloadTooLargeError,
    TooManyRequestsError,
    UnauthorizedError,
    UnavailableError,
)

__all__ = [
    "BadGatewayError",
    "BadRequestError",
    "CompositionError",
    "ConfigurationError",
    "ConflictError",
    "ForbiddenError",
    "InvalidError",
    "NotFoundError",
    "PayloadTooLargeError",
    "ServiceError",
    "TooManyRequestsError",
    "UnauthorizedError",
    "UnavailableError",
]
