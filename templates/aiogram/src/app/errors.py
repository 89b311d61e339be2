"""What ends a handler early, beyond the errors that every service has."""


class RefusedError(Exception):
    """The person asked for something that can't be; the message is for them, as HTML."""


class RetryLaterError(Exception):
    """What a handler needs is away: the same update is handled again in some seconds.

    The person is told only when the last attempt has failed.
    """
