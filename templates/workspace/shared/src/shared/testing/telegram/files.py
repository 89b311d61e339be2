"""The files that people and bots have sent, as Telegram keeps and describes them."""

from __future__ import annotations

import mimetypes
import secrets
from dataclasses import dataclass
from pathlib import PurePosixPath

from aiogram.types import Document, PhotoSize

from shared.testing.telegram.failures import ApiError

DOWNLOAD_BYTES = 20 * 2**20
# More than a test sends; what is older is forgotten.
KEPT_BYTES = 200 * 2**20


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photo that a person sends."""

    content: bytes


@dataclass(frozen=True, kw_only=True)
class File:
    """A document that a person sends; `claimed_size` is what Telegram says that it has."""

    content: bytes
    name: str
    mime_type: str | None = None
    claimed_size: int | None = None


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file that either side has sent."""

    id: str
    unique_id: str
    path: str
    name: str
    content: bytes
    size: int


class FileStorage:
    """The files of a bot, in memory."""

    def __init__(self) -> None:
        self._files: dict[str, StoredFile] = {}
        self._count = 0
        self._bytes = 0

    def get(self, file_id: str) -> StoredFile | None:
        """Return a file; None if there is none, or it was forgotten."""
        return self._files.get(file_id)

    def _store(self, folder: str, content: bytes, name: str, size: int | None = None) -> StoredFile:
        """Keep a file, and forget the oldest ones when they are too many bytes."""
        self._count += 1
        # The path is Telegram's own: nothing of a person's file name but a plain ending.
        ending = PurePosixPath(name).suffix.lower()
        safe = ending if ending[1:].isascii() and ending[1:].isalnum() else ""
        stored = StoredFile(
            id=f"{folder}-{self._count}-{secrets.token_urlsafe(24)}",
            unique_id=secrets.token_urlsafe(9),
            path=f"{folder}/file_{self._count}{safe}",
            name=name,
            content=content,
            size=len(content) if size is None else size,
        )
        self._files[stored.id] = stored
        self._bytes += len(content)
        while self._bytes > KEPT_BYTES and len(self._files) > 1:
            oldest = self._files.pop(next(iter(self._files)))
            self._bytes -= len(oldest.content)
        return stored

    def at(self, path: str) -> StoredFile:
        """Return the file that may be downloaded from there; ApiError 404 if there is none."""
        found = next((each for each in self._files.values() if each.path == path), None)
        if found is None or found.size > DOWNLOAD_BYTES:
            raise ApiError(404, "Not Found")
        return found

    def add_photo(self, content: bytes) -> list[PhotoSize]:
        """Keep a photo and return its sizes; only the largest one has these bytes.

        The smaller ones are no pictures, so that who takes the wrong one sees it.
        """
        return [
            self._photo_size(b"a smaller size of the photo", 90, 68),
            self._photo_size(b"a smaller size of the photo", 320, 240),
            self._photo_size(content, 1280, 960),
        ]

    def _photo_size(self, content: bytes, width: int, height: int) -> PhotoSize:
        stored = self._store("photos", content, "photo.jpg")
        return PhotoSize(
            file_id=stored.id,
            file_unique_id=stored.unique_id,
            width=width,
            height=height,
            file_size=stored.size,
        )

    def add_document(self, file: File) -> Document:
        """Keep a file and return it as a document."""
        stored = self._store("documents", file.content, file.name, file.claimed_size)
        return Document(
            file_id=stored.id,
            file_unique_id=stored.unique_id,
            file_name=stored.name,
            mime_type=file.mime_type or mimetypes.guess_type(stored.name)[0],
            file_size=stored.size,
        )
