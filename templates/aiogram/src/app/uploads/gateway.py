"""Where uploads come from and where they go: Telegram, the object store, the data service."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiohttp import ClientError
from pydantic import BaseModel

from app.uploads.attachments import HEAD_BYTES
from shared.errors import PayloadTooLargeError, UnavailableError

if TYPE_CHECKING:
    from aiogram import Bot

    from app.uploads.attachments import Attachment
    from shared.http import DataServiceClient

FILES = "/api/v1/files"
FINGERPRINT_HEADER = "Idempotency-Fingerprint"
FETCH_SECONDS = 60
# What Telegram says of more than 20 MB.
_TOO_BIG = "file is too big"

Chunks: TypeAlias = AsyncIterator[bytes]


class File(BaseModel):
    """What this service has to know of a file that it has recorded."""

    id: UUID
    storage_key: str
    name: str
    content_type: str


@dataclass(frozen=True, kw_only=True)
class StoredBlob:
    """Bytes that were stored, and what is known of them."""

    reference: str
    content_type: str
    size: int
    digest: str


class TelegramFiles:
    """Fetches what people have sent."""

    def __init__(self, bot: Bot, *, max_bytes: int) -> None:
        self._bot, self._max_bytes = bot, max_bytes

    @asynccontextmanager
    async def open(self, attachment: Attachment) -> AsyncIterator[tuple[bytes, Chunks]]:
        """Yield the first bytes, and all of them as chunks, which end with an error if too many.

        Raises PayloadTooLargeError, or UnavailableError when Telegram does not give it.
        """
        async with aclosing(self._fetch(attachment)) as chunks:
            head = b""
            async for chunk in chunks:
                head += chunk
                if len(head) >= HEAD_BYTES:
                    break
            yield head, self._rest(head, chunks)

    async def _fetch(self, attachment: Attachment) -> AsyncGenerator[bytes, None]:
        try:
            file = await self._bot.get_file(attachment.file_id)
            url = self._bot.session.api.file_url(self._bot.token, file.file_path or "")
            async for chunk in self._bot.session.stream_content(url, timeout=FETCH_SECONDS):
                yield chunk
        except TelegramBadRequest as error:
            if _TOO_BIG in error.message:
                raise PayloadTooLargeError(error.message) from None
            raise UnavailableError(f"Telegram did not give the file: {error.message}") from error
        except (ClientError, TelegramAPIError, TimeoutError, OSError) as error:
            # Its message may have the URL, and that has the token.
            reason = f"Telegram did not give the file: {type(error).__name__}"
            raise UnavailableError(reason) from None

    async def _rest(self, head: bytes, chunks: Chunks) -> Chunks:
        size = len(head)
        yield head
        async for chunk in chunks:
            size += len(chunk)
            if size > self._max_bytes:
                raise PayloadTooLargeError(f"more than {self._max_bytes} bytes")
            yield chunk


class DataServiceFiles:
    """Files as the data service has them."""

    def __init__(self, client: DataServiceClient) -> None:
        self._client = client

    async def record(
        self, attachment: Attachment, blob: StoredBlob, owner_id: UUID, status: str
    ) -> File:
        """Record a file, once however often: a second time it is the first one's record."""
        body = {
            "owner_id": owner_id,
            "name": attachment.name,
            "storage_key": blob.reference,
            "content_type": blob.content_type,
            "size": blob.size,
            "sha256": blob.digest,
            "status": status,
            "metadata": {"telegram.file": attachment.unique_id},
        }
        # Stored again after a kill, it has another reference; what was sent is the same.
        fingerprint = sha256(f"{owner_id} {attachment.unique_id}".encode()).hexdigest()
        return await self._client.post(
            FILES,
            json=body,
            headers={FINGERPRINT_HEADER: fingerprint},
            idempotency_key=attachment.key,
            into=File,
        )
