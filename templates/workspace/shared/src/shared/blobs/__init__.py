"""Where bytes wait that are too large for a message, which then carries a reference to them."""

from shared.blobs.resources import BlobSettings, blobs_resource, open_blobs
from shared.blobs.store import (
    Blob,
    BlobNotFoundError,
    BlobStore,
    BlobTooLargeError,
    RetentionPolicy,
)

__all__ = [
    "Blob",
    "BlobNotFoundError",
    "BlobSettings",
    "BlobStore",
    "BlobTooLargeError",
    "RetentionPolicy",
    "blobs_resource",
    "open_blobs",
]
