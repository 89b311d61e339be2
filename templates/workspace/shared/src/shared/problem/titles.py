"""The code and the title of an HTTP status, the same as our own errors have."""

from __future__ import annotations

from http import HTTPStatus

from shared.errors import ServiceError, statuses


def code_and_title(status: int) -> tuple[str, str]:
    """Return both for any status; where one of our errors has it, they are that error's."""
    for kind in ServiceError.__subclasses__():
        if kind.status == status and kind.__module__ == statuses.__name__:
            return kind.code, kind.title
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = f"HTTP {status}"
    return phrase.lower().replace(" ", "-"), phrase
