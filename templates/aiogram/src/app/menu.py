"""Shows Telegram's menu of commands to everyone in their language, and to administrators theirs."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.methods import SetMyCommands
from aiogram.types import BotCommand, BotCommandScopeChat

from app.feature import ADMINISTRATORS, EVERYONE, Handler
from app.settings import BotSettings
from app.translations import DEFAULT, Translations
from shared.background import running
from shared.lifecycle import Resource, Resources

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

_log = structlog.stdlib.get_logger(__name__)


def commands_for(
    handlers: Sequence[Handler], *, administrator: bool
) -> tuple[tuple[str, str], ...]:
    """Return the commands that somebody may use, each with its summary in the spoken language."""
    allowed = {EVERYONE, ADMINISTRATORS} if administrator else {EVERYONE}
    return tuple(
        (handler.command, handler.summary())
        for handler in handlers
        if handler.summary is not None and handler.allow in allowed
    )


class Menu:
    """The menu; it is set in the background, for the bot works without it."""

    def __init__(self, handlers: Sequence[Handler], translations: Translations) -> None:
        self._handlers, self._translations = handlers, translations

    async def show(self, bot: Bot, admins: frozenset[int]) -> None:
        """Set the menu; what fails is logged, and done at the next start."""
        for language in (DEFAULT, *self._translations.available_locales):
            # The first is for whoever speaks none of the others.
            code = None if language == DEFAULT else language
            with self._translations.use_language(language):
                commands = commands_for(self._handlers, administrator=False)
                await _set(bot, SetMyCommands(commands=_listed(commands), language_code=code))
        with self._translations.use_language(DEFAULT):
            commands = commands_for(self._handlers, administrator=True)
        for admin in sorted(admins):
            scope = BotCommandScopeChat(chat_id=admin)
            await _set(bot, SetMyCommands(commands=_listed(commands), scope=scope))


def _listed(commands: Sequence[tuple[str, str]]) -> list[BotCommand]:
    return [BotCommand(command=command, description=text) for command, text in commands]


async def _set(bot: Bot, menu: SetMyCommands) -> None:
    try:
        await bot(menu)
    except (TelegramAPIError, ClientDecodeError) as error:
        _log.warning("the menu could not be set", error=str(error))


def menu_resource(handlers: Sequence[Handler]) -> Resource[Any]:
    """Return the menu of these handlers."""

    @asynccontextmanager
    async def opened(resources: Resources) -> AsyncIterator[Menu]:
        menu = Menu(handlers, resources.get(Translations))
        show = partial(menu.show, resources.get(Bot), resources.get(BotSettings).admin_ids)
        async with running(show):
            yield menu

    return Resource(provides=Menu, open=opened, requires=(Bot, BotSettings, Translations))
