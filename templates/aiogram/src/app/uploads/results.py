"""Shows people what has become of their pictures, from whichever process hears of it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import structlog
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, InputMediaPhoto, ReplyParameters

from app.telegram import edit_html, is_unreachable, send_html
from app.uploads import texts
from shared.errors import NotFoundError

if TYPE_CHECKING:
    from uuid import UUID

    from aiogram import Bot

    from app.translations import Translations
    from app.uploads.pending import PendingUploads, Upload
    from shared.blobs import BlobStore

THUMBNAIL_BYTES = 2 * 1024 * 1024

_log = structlog.stdlib.get_logger(__name__)


class Results:
    """Shows the results of an upload once all of them are known."""

    def __init__(
        self, bot: Bot, pending: PendingUploads, blobs: BlobStore, translations: Translations
    ) -> None:
        self._bot, self._pending = bot, pending
        self._blobs, self._translations = blobs, translations

    async def processed(self, file_id: UUID, thumbnail: str) -> None:
        """Take note of a thumbnail; what Telegram does not take is raised, to be tried again."""
        await self._show(await self._pending.settle(file_id, thumbnail=thumbnail))

    async def failed(self, file_id: UUID, reason: str) -> None:
        """Take note of a failure."""
        await self._show(await self._pending.settle(file_id, failure=reason))

    async def _show(self, upload: Upload | None) -> None:
        if upload is None:
            return
        try:
            with self._translations.use_language(upload.language):
                await self._send(upload)
        except Exception as error:
            if not is_unreachable(error):
                await self._pending.give_back(upload)
                raise
            _log.info("the person can't be written to", chat_id=upload.chat_id, error=str(error))
        await self._pending.finish(upload)

    async def _send(self, upload: Upload) -> None:
        names = [name for name, _ in upload.thumbnails]
        text = texts.ready(names, upload.failures)
        if upload.status_id:
            await edit_html(self._bot, upload.chat_id, upload.status_id, text)
        else:
            await send_html(self._bot, upload.chat_id, text)
        pictures = [await self._picture(*each) for each in upload.thumbnails]
        shown = [picture for picture in pictures if picture is not None]
        try:
            await self._send_pictures(upload, shown)
        except TelegramBadRequest as error:
            if is_unreachable(error):
                raise
            # However often it is sent: it stays one that Telegram does not take.
            _log.warning("thumbnails were refused", upload=upload.key, error=error.message)

    async def _send_pictures(self, upload: Upload, shown: list[InputMediaPhoto]) -> None:
        below = ReplyParameters(message_id=upload.message_id, allow_sending_without_reply=True)
        if len(shown) == 1:
            await self._bot.send_photo(
                upload.chat_id, shown[0].media, caption=shown[0].caption, reply_parameters=below
            )
        elif shown:
            await self._bot.send_media_group(upload.chat_id, [*shown], reply_parameters=below)

    async def _picture(self, name: str, thumbnail: str) -> InputMediaPhoto | None:
        try:
            blob = await self._blobs.open(thumbnail, max_bytes=THUMBNAIL_BYTES)
        except NotFoundError:
            _log.warning("a thumbnail is gone", thumbnail=thumbnail)
            return None
        content = BufferedInputFile(await blob.read(), filename="thumbnail")
        return InputMediaPhoto(media=content, caption=escape(name, quote=False))
