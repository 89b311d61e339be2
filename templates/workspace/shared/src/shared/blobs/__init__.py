"""Where bytes wait that are too large for a message, which then carries a reference to them."""

from shared.blobs.errors import BlobNotFoundError, BlobTooLargeError
from shared.blobs.references import Label
from shared.blobs.resources import blobs_resource, open_blobs
from shared.blobs.settings import BlobSettings
from shared.blobs.store import Blob, Blobs, BlobStore, Content

__all__ = [
    "Blob",
    "BlobNotFoundError",
    "BlobSettings",
    "BlobStore",
    "BlobTooLargeError",
    "Blobs",
    "Content",
    "Label",
    "blobs_resource",
    "open_blobs",
]
