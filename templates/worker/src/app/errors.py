"""What this service refuses, beyond the errors that every service has."""


class RefusedError(Exception):
    """This can't be done, however often it is tried; the message says why."""
