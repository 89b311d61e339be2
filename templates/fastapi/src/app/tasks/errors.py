"""What is refused about tasks."""

from shared.errors import ConflictError, UnavailableError


class NoWorkerError(UnavailableError):
    """No worker for this type of task has ever been started, so nobody would do it."""

    code, title = "no-worker", "Nobody takes this task"


class TooLateError(ConflictError):
    """The task has begun, or is over."""

    code, title = "too-late", "Too late to cancel"
