"""What the fake data service refuses."""

from typing import Annotated

from fastapi import Header

from shared.errors import ConflictError, UnauthorizedError
from tests.support.environment import API_KEY


class TakenError(ConflictError):
    """Another user has this address."""

    code = "already-taken"


class StaleError(ConflictError):
    """The user was changed meanwhile."""

    code = "stale-version"


class KeyReusedError(ConflictError):
    """This key came with another request."""

    code = "idempotency-key-reused"


def has_key(x_api_key: Annotated[str, Header()] = "") -> None:
    """Ask for the link's key."""
    if x_api_key != API_KEY:
        raise UnauthorizedError("unknown key")
