"""The methods of the Bot API: read by aiogram's types, and carried out."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, get_args

from aiogram import methods
from aiogram.types import File as TelegramFile
from pydantic import ValidationError

from shared.testing.telegram.bots import DOWNLOAD_BYTES, EVERYBODY
from shared.testing.telegram.failures import ApiError
from shared.testing.telegram.formatting import utf16_length
from shared.testing.telegram.messages import MessageMethods
from shared.testing.telegram.updates import check_webhook_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiogram.methods import TelegramMethod
    from aiogram.types import BotCommand, Update, User, WebhookInfo

LONGEST_POLL_SECONDS = 50
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_COMMAND_DESCRIPTION_UNITS = range(1, 257)
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def parse_method(name: str, values: Mapping[str, object]) -> TelegramMethod[Any]:
    """Return a request as aiogram's method of this name; ApiError if it is none."""
    cls = _NAMES.get(name.lower())
    if cls is None:
        raise ApiError(404, "Not Found: method not found")
    if cls not in PERFORM:
        place = "BotMethods in shared.testing.telegram.methods"
        raise ApiError(501, f"Not Implemented: add {name} to {place}")
    try:
        return cls.model_validate({key: _decoded(cls, key, each) for key, each in values.items()})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(each) for each in first["loc"])
        raise ApiError(400, f"Bad Request: {where}: {first['msg']}") from None


def _decoded(cls: type[TelegramMethod[Any]], key: str, value: object) -> object:
    """Return a field of a form; what is no plain text comes as JSON."""
    known = cls.model_fields.get(key)
    if not isinstance(value, str) or known is None or value[:1] not in ("[", "{"):
        return value
    if known.annotation is str or str in get_args(known.annotation):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ApiError(400, f"Bad Request: can't parse {key} JSON object") from None


class BotMethods(MessageMethods):
    """One request of a bot; each method returns the result or raises ApiError."""

    def get_me(self, _: methods.GetMe) -> User:
        """Return the bot."""
        return self.bot.user

    async def get_updates(self, method: methods.GetUpdates) -> list[Update]:
        """Return what waits, or wait for it; another request ends the waiting."""
        if self.bot.webhook.url:
            message = "Conflict: can't use getUpdates method while webhook is active; "
            raise ApiError(409, f"{message}use deleteWebhook to delete the webhook first")
        return await self.bot.updates.poll(
            offset=method.offset or 0,
            limit=min(max(method.limit or 100, 1), 100),
            seconds=min(max(method.timeout or 0, 0), LONGEST_POLL_SECONDS),
            allowed=method.allowed_updates,
        )

    def set_webhook(self, method: methods.SetWebhook) -> bool:
        """Have updates sent to a URL from now on; an empty one ends that."""
        if method.url:
            check_webhook_url(method.url)
        if method.secret_token and not _SECRET.fullmatch(method.secret_token):
            raise ApiError(400, "Bad Request: secret token contains unallowed characters")
        if method.drop_pending_updates:
            self.bot.updates.clear()
        if method.allowed_updates is not None:
            self.bot.updates.allowed = method.allowed_updates
        connections = min(max(method.max_connections or 40, 1), 100)
        self.bot.set_webhook(method.url, connections, method.secret_token)
        return True

    def delete_webhook(self, method: methods.DeleteWebhook) -> bool:
        """Keep updates for getUpdates from now on."""
        drop = method.drop_pending_updates
        return self.set_webhook(methods.SetWebhook(url="", drop_pending_updates=drop))

    def get_webhook_info(self, _: methods.GetWebhookInfo) -> WebhookInfo:
        """Return the webhook and what went wrong with it."""
        allowed = self.bot.updates.allowed or None
        news = {"pending_update_count": self.bot.pending, "allowed_updates": allowed}
        return self.bot.webhook.model_copy(update=news)

    def get_file(self, method: methods.GetFile) -> TelegramFile:
        """Return where a file may be downloaded."""
        stored = self.bot.files.get(method.file_id)
        if stored is None:
            message = "wrong file_id or the file is temporarily unavailable"
            raise ApiError(400, f"Bad Request: {message}")
        if stored.size > DOWNLOAD_BYTES:
            raise ApiError(400, "Bad Request: file is too big")
        return TelegramFile(
            file_id=stored.id,
            file_unique_id=stored.unique_id,
            file_size=stored.size,
            file_path=stored.path,
        )

    def set_my_commands(self, method: methods.SetMyCommands) -> bool:
        """Set the list of commands of a scope and language."""
        for each in method.commands:
            if not _COMMAND.fullmatch(each.command):
                raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
            if utf16_length(each.description) not in _COMMAND_DESCRIPTION_UNITS:
                raise ApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        self.bot.command_lists[_scope(method)] = method.commands
        return True

    def get_my_commands(self, method: methods.GetMyCommands) -> list[BotCommand]:
        """Return the list of commands of exactly this scope and language."""
        return self.bot.command_lists.get(_scope(method), [])


def _scope(method: methods.SetMyCommands | methods.GetMyCommands) -> tuple[str, str]:
    everybody, any_language = EVERYBODY
    scope = method.scope.model_dump_json() if method.scope else everybody
    return scope, method.language_code or any_language


PERFORM: Mapping[type[TelegramMethod[Any]], Callable[[BotMethods, Any], object]] = {
    methods.AnswerCallbackQuery: BotMethods.answer_callback_query,
    methods.DeleteMessage: BotMethods.delete_message,
    methods.DeleteWebhook: BotMethods.delete_webhook,
    methods.EditMessageCaption: BotMethods.edit_message_caption,
    methods.EditMessageReplyMarkup: BotMethods.edit_message_reply_markup,
    methods.EditMessageText: BotMethods.edit_message_text,
    methods.GetFile: BotMethods.get_file,
    methods.GetMe: BotMethods.get_me,
    methods.GetMyCommands: BotMethods.get_my_commands,
    methods.GetUpdates: BotMethods.get_updates,
    methods.GetWebhookInfo: BotMethods.get_webhook_info,
    methods.SendChatAction: BotMethods.send_chat_action,
    methods.SendDocument: BotMethods.send_document,
    methods.SendMediaGroup: BotMethods.send_media_group,
    methods.SendMessage: BotMethods.send_message,
    methods.SendPhoto: BotMethods.send_photo,
    methods.SetMyCommands: BotMethods.set_my_commands,
    methods.SetWebhook: BotMethods.set_webhook,
}
_NAMES: Mapping[str, type[TelegramMethod[Any]]] = {
    each.__api_method__.lower(): each
    for each in vars(methods).values()
    if isinstance(each, type)
    and issubclass(each, methods.TelegramMethod)
    and each is not methods.TelegramMethod
}
