"""Why somebody isn't let in, or not now."""

from shared.errors import (
    BadRequestError,
    ForbiddenError,
    TooManyRequestsError,
    UnauthorizedError,
    UnavailableError,
)


class BadCredentialsError(UnauthorizedError):
    """Nobody with this e-mail address and password may log in; which of the two is never said."""

    code, title = "bad-credentials", "Wrong e-mail address or password"


class BadTokenError(UnauthorizedError):
    """The access or refresh token is missing, expired, revoked, used up, or none of ours."""

    code, title = "bad-token", "Token not accepted"


class WrongPasswordError(ForbiddenError):
    """Whoever is signed in gave another password than theirs."""

    code, title = "wrong-password", "Wrong password"


class BadProofError(BadRequestError):
    """The token from a message is unknown, expired, used, or not valid any more."""

    code, title = "bad-proof", "Token from a message not accepted"


class TooManyAttemptsError(TooManyRequestsError):
    """Too many attempts for this e-mail address, or from this place."""

    code, title = "too-many-attempts", "Too many attempts"


class NoMessagesError(UnavailableError):
    """This service has nobody to send messages with."""

    code, title = "no-messages", "Messages cannot be sent"
