"""What a message brings along: its size is known before it is fetched, its type only afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.text import clean_file_name

if TYPE_CHECKING:
    from aiogram.types import Message

PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
# So many bytes tell every type below.
HEAD_BYTES = 12


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A photo or document: Telegram's id of the file, its size and a name without tricks."""

    key: str
    file_id: str
    unique_id: str
    size: int
    name: str


def attachment_of(message: Message, bot_id: int) -> Attachment:
    """Return what the message brings: the largest form of a photo, or its document."""
    # The same in every attempt, and of no other message.
    key = f"telegram.{bot_id}.{message.chat.id}.{message.message_id}"
    if message.photo:
        photo = max(message.photo, key=lambda each: each.width * each.height)
        return Attachment(
            key=key,
            file_id=photo.file_id,
            unique_id=photo.file_unique_id,
            size=photo.file_size or 0,
            name=f"photo-{message.message_id}.jpg",
        )
    document = message.document
    if document is None:
        raise ValueError("neither a photo nor a document")
    return Attachment(
        key=key,
        file_id=document.file_id,
        unique_id=document.file_unique_id,
        size=document.file_size or 0,
        name=clean_file_name(document.file_name or "") or f"document-{message.message_id}",
    )


def content_type_of(head: bytes) -> str | None:
    """Return what the first bytes of a file say that it is; None for what is not taken."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return "application/pdf" if head.startswith(b"%PDF-") else None
