"""Why somebody isn't let in."""

from shared.errors import TooManyRequestsError, UnauthorizedError


class BadCredentialsError(UnauthorizedError):
    """Nobody with this e-mail address and password may log in; which of the two is never said."""

    code, title = "bad-credentials", "Wrong e-mail address or password"


class BadTokenError(UnauthorizedError):
    """The token is missing, expired, revoked, used up, or none of ours."""

    code, title = "bad-token", "Token not accepted"


class TooManyLoginsError(TooManyRequestsError):
    """Too many logins were tried for this e-mail address, or from this place."""

    code, title = "too-many-logins", "Too many attempts to log in"
