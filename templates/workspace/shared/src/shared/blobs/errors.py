"""Why a blob is not given out or taken in."""

from __future__ import annotations

from shared.errors import NotFoundError, PayloadTooLargeError


class BlobNotFoundError(NotFoundError):
    """Nothing is kept under this reference: it expired, was deleted or never was."""

    code, title = "blob-not-found", "Blob not found"


class BlobTooLargeError(PayloadTooLargeError):
    """The bytes are more than whoever stores or reads them allows."""

    code, title = "blob-too-large", "Blob too large"
