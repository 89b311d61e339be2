"""What this service refuses, beyond the errors that every service has."""

from shared.errors import ConflictError


class KeyReusedError(ConflictError):
    """This Idempotency-Key came with another request before."""

    code, title = "idempotency-key-reused", "Idempotency key used for another request"


class StillRunningError(ConflictError):
    """The first request with this Idempotency-Key isn't finished; ask again a little later."""

    code, title = "still-running", "Still running"
