"""What this service refuses, beyond the errors that every service has."""

from shared.errors import ConflictError


class AlreadyTakenError(ConflictError):
    """Another record has this value, and only one may; the extension `field` names it."""

    code, title = "already-taken", "Already taken"


class StaleVersionError(ConflictError):
    """The record was changed after the caller read it; read it again and decide anew."""

    code, title = "stale-version", "Stale version"


class BrokenReferenceError(ConflictError):
    """One record would point at another that isn't there; the extension `field` says where."""

    code, title = "broken-reference", "Broken reference"
