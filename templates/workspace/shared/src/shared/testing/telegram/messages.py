"""What a bot does to its chats: it sends, edits, deletes and answers."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from aiogram.types import (
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)

from shared.testing.telegram.bots import File
from shared.testing.telegram.chats import is_from
from shared.testing.telegram.failures import ApiError
from shared.testing.telegram.formatting import (
    TEXT_UNITS,
    read_caption,
    read_text,
    utf16_length,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiogram import methods
    from aiogram.types import ReplyMarkupUnion

    from shared.testing.telegram.bots import FakeBot
    from shared.testing.telegram.chats import FakeChat

PHOTO_BYTES = 10 * 2**20
_ALBUM = range(1, 11)
_CALLBACK_DATA_BYTES = range(1, 65)
_ANSWER_UNITS = 200
_PICTURES = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n|GIF8|BM|RIFF....WEBP", re.DOTALL)


class _SendMethod(Protocol):
    """What all methods that send one message have."""

    chat_id: int | str
    reply_parameters: ReplyParameters | None
    reply_markup: ReplyMarkupUnion | None


@dataclass(frozen=True, kw_only=True)
class MessageMethods:
    """One request of a bot about a chat; each method returns the result or raises ApiError."""

    bot: FakeBot
    uploads: Mapping[str, File]

    def send_message(self, method: methods.SendMessage) -> Message:
        """Send a text."""
        return self._send(method, **_text(method, "message is too long"))

    def send_photo(self, method: methods.SendPhoto) -> Message:
        """Send a photo."""
        return self._send(method, **self._photo(method.photo), **read_caption(method))

    def send_document(self, method: methods.SendDocument) -> Message:
        """Send a file."""
        return self._send(method, **self._document(method.document), **read_caption(method))

    def send_media_group(self, method: methods.SendMediaGroup) -> list[Message]:
        """Send photos, or documents, as one album."""
        chat = self.bot.existing_chat(method.chat_id)
        if len(method.media) not in _ALBUM:
            raise ApiError(400, "Bad Request: an album has 2-10 files")
        if len({each.type for each in method.media}) > 1:
            raise ApiError(400, "Bad Request: document can't be mixed with other media types")
        contents = []
        for item in method.media:
            if isinstance(item, InputMediaPhoto):
                contents.append(self._photo(item.media) | read_caption(item))
            elif isinstance(item, InputMediaDocument):
                contents.append(self._document(item.media) | read_caption(item))
            else:
                raise ApiError(
                    501, f"Not Implemented: this fake of Telegram has no {item.type} in albums"
                )
        self.bot.flood.count(chat.user.id, len(contents))
        group = {"media_group_id": str(secrets.randbits(62))} if len(contents) > 1 else {}
        return [chat.add(self.bot.user, **content, **group) for content in contents]

    def send_chat_action(self, method: methods.SendChatAction) -> bool:
        """Show what the bot is doing."""
        chat = self.bot.existing_chat(method.chat_id)
        chat.actions.append(method.action)
        chat.changed()
        return True

    def edit_message_text(self, method: methods.EditMessageText) -> Message:
        """Change the text of a message, and with it the keyboard."""
        chat, message = self._editable(method.chat_id, method.message_id)
        if message.text is None:
            raise ApiError(400, "Bad Request: there is no text in the message to edit")
        return _edit(chat, message, method.reply_markup, **_text(method, "MESSAGE_TOO_LONG"))

    def edit_message_caption(self, method: methods.EditMessageCaption) -> Message:
        """Change the words under a photo or document, and with them the keyboard."""
        chat, message = self._editable(method.chat_id, method.message_id)
        if not (message.photo or message.document):
            raise ApiError(400, "Bad Request: there is no caption in the message to edit")
        return _edit(chat, message, method.reply_markup, **read_caption(method))

    def edit_message_reply_markup(self, method: methods.EditMessageReplyMarkup) -> Message:
        """Change the keyboard of a message only."""
        chat, message = self._editable(method.chat_id, method.message_id)
        return _edit(chat, message, method.reply_markup)

    def delete_message(self, method: methods.DeleteMessage) -> bool:
        """Take a message of either side out of the chat."""
        chat = self.bot.existing_chat(method.chat_id)
        message = chat.current(method.message_id)
        if message is None:
            raise ApiError(400, "Bad Request: message to delete not found")
        chat.delete(message)
        return True

    def answer_callback_query(self, method: methods.AnswerCallbackQuery) -> bool:
        """End the waiting of who pressed a button, perhaps with words."""
        if utf16_length(method.text or "") > _ANSWER_UNITS:
            raise ApiError(400, "Bad Request: MESSAGE_TOO_LONG")
        press = self.bot.presses.get(method.callback_query_id)
        if press is None:
            message = "query is too old and response timeout expired or query ID is invalid"
            raise ApiError(400, f"Bad Request: {message}")
        press.answer = method
        press.chat.changed()
        return True

    def _send(self, method: _SendMethod, **content: object) -> Message:
        chat = self.bot.existing_chat(method.chat_id)
        parameters: ReplyParameters | None = method.reply_parameters
        if parameters is not None:
            original = chat.current(parameters.message_id)
            # What is not given is aiogram's mark for a default of the bot.
            lenient = parameters.allow_sending_without_reply is True
            if original is None and not lenient:
                raise ApiError(400, "Bad Request: message to be replied not found")
            content["reply_to_message"] = original
        markup: ReplyMarkupUnion | None = method.reply_markup
        if isinstance(markup, InlineKeyboardMarkup):
            content["reply_markup"] = _checked(markup)
        self.bot.flood.count(chat.user.id)
        if isinstance(markup, ReplyKeyboardMarkup | ReplyKeyboardRemove):
            chat.keyboard = markup if isinstance(markup, ReplyKeyboardMarkup) else None
        return chat.add(self.bot.user, **content)

    def _photo(self, given: object) -> dict[str, object]:
        content = self._file(given, "photos").content
        if len(content) > PHOTO_BYTES:
            size = f"file of size {len(content)} bytes"
            raise ApiError(400, f"Bad Request: {size} is too big to be sent as a photo")
        if not _PICTURES.match(content):
            raise ApiError(400, "Bad Request: IMAGE_PROCESS_FAILED")
        return {"photo": self.bot.files.add_photo(content)}

    def _document(self, given: object) -> dict[str, object]:
        return {"document": self.bot.files.add_document(self._file(given, "documents"))}

    def _file(self, given: object, folder: str) -> File:
        """Return a file of the request, by its field or attachment, or one that is kept."""
        name = str(given).removeprefix("attach://")
        stored = self.bot.files.get(name)
        if name in self.uploads:
            found = self.uploads[name]
        elif stored and stored.path.startswith(folder):
            found = File(name=stored.name, content=stored.content)
        elif name.startswith(("http://", "https://")):
            raise ApiError(400, "Bad Request: failed to get HTTP URL content")
        else:
            raise ApiError(400, "Bad Request: wrong remote file identifier specified")
        if not found.content:
            raise ApiError(400, "Bad Request: file must be non-empty")
        return found

    def _editable(self, chat_id: object, message_id: int | None) -> tuple[FakeChat, Message]:
        chat = self.bot.existing_chat(chat_id)
        message = chat.current(message_id)
        if message is None:
            raise ApiError(400, "Bad Request: message to edit not found")
        if not is_from(message, self.bot.user):
            raise ApiError(400, "Bad Request: message can't be edited")
        self.bot.flood.count(chat.user.id)
        return chat, message


def _text(
    method: methods.SendMessage | methods.EditMessageText, too_long: str
) -> dict[str, object]:
    text, entities = read_text(method.text, method.parse_mode, method.entities)
    if not text:
        raise ApiError(400, "Bad Request: message text is empty")
    if utf16_length(text) > TEXT_UNITS:
        raise ApiError(400, f"Bad Request: {too_long}")
    return {"text": text, "entities": entities}


def _edit(
    chat: FakeChat,
    message: Message,
    markup: InlineKeyboardMarkup | None,
    **content: object,
) -> Message:
    """Show a message with other content; a keyboard that is not given is taken away."""
    changed = content | {"reply_markup": markup and _checked(markup)}
    if all(getattr(message, name) == value for name, value in changed.items()):
        what = "specified new message content and reply markup are exactly the same as "
        where = "a current content and reply markup of the message"
        raise ApiError(400, f"Bad Request: message is not modified: {what}{where}")
    return chat.replace(message, **changed)


def _checked(markup: InlineKeyboardMarkup) -> InlineKeyboardMarkup:
    for button in (button for row in markup.inline_keyboard for button in row):
        data = button.callback_data
        if not button.text:
            raise ApiError(400, "Bad Request: inline keyboard button text is empty")
        if data is not None and len(data.encode()) not in _CALLBACK_DATA_BYTES:
            raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    return markup
