"""What this service refuses, and how failures of the database become errors a caller can act on."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from shared.errors import ConflictError, ServiceError, UnavailableError

_UNIQUE_VIOLATION = "23505"
_FOREIGN_KEY_VIOLATION = "23503"
# SQLSTATE classes and codes after which the same request may succeed a moment later: connection
# lost (08), rolled back for a deadlock or a serialization failure (40), out of connections or
# memory (53), cancelled or shut down (57), waited too long for a lock (55P03).
_TRANSIENT = ("08", "40", "53", "57", "55P03")
_RETRY_AFTER_SECONDS = 1


class AlreadyTakenError(ConflictError):
    """Another record has this value, and only one may; the extension `field` names it."""

    code, title = "already-taken", "Already taken"


class StaleVersionError(ConflictError):
    """The record was changed after the caller read it; read it again and decide anew."""

    code, title = "stale-version", "Stale version"


class BrokenReferenceError(ConflictError):
    """One record would point at another that isn't there; the extension `field` says where."""

    code, title = "broken-reference", "Broken reference"


class KeyReusedError(ConflictError):
    """This Idempotency-Key came with another request before."""

    code, title = "idempotency-key-reused", "Idempotency key used for another request"


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raise a `ServiceError` in place of each database failure that isn't a bug of ours.

    A syntax error or a missing table passes through unchanged and becomes a 500.
    """
    try:
        yield
    except (PoolTimeoutError, OSError) as error:
        raise _unavailable("The database can't be reached.") from error
    except DBAPIError as error:
        if (translated := _translated(error)) is None:
            raise
        raise translated from error


@contextmanager
def add_index(index: int) -> Iterator[None]:
    """Add `index` to the errors raised within: which of many items was refused."""
    try:
        with translate_errors():
            yield
    except ServiceError as error:
        error.extensions = {**error.extensions, "index": index}
        raise


def _translated(error: DBAPIError) -> ServiceError | None:
    state = getattr(error.driver_exception, "sqlstate", None) or ""
    if state == _UNIQUE_VIOLATION:
        field = _field(error, "uq")
        return AlreadyTakenError(f"Another record has this {field}.", field=field)
    if state == _FOREIGN_KEY_VIOLATION:
        field = _field(error, "fk")
        return BrokenReferenceError(f"The record behind {field} isn't there.", field=field)
    # The driver found no server of the kind that the URL asks for: there may be one in a moment.
    no_server = error.statement is None and not state
    if no_server or state.startswith(_TRANSIENT) or error.connection_invalidated:
        return _unavailable("The database couldn't finish; nothing was changed.")
    return None


def _unavailable(detail: str) -> ServiceError:
    return UnavailableError(detail, retry_after=_RETRY_AFTER_SECONDS)


def _field(error: DBAPIError, kind: str) -> str:
    cause = error.driver_exception
    table, constraint = (getattr(cause, f"{part}_name", "") for part in ("table", "constraint"))
    return str(constraint).removeprefix(f"{kind}_{table}_")
