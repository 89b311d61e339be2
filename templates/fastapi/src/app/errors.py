"""What this service refuses, beyond the errors that every service has."""

from shared.errors import ConflictError, InvalidError


class KeyReusedError(InvalidError):
    """This Idempotency-Key came with another request before."""

    code, title = "idempotency-key-reused", "Idempotency key used for another request"


class StillRunningError(ConflictError):
    """The first request with this Idempotency-Key isn't finished; ask again a little later."""

    code, title = "still-running", "Still running"
