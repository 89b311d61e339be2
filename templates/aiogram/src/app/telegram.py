"""The one client of Telegram, and sending that survives what Telegram and networks do."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.middlewares.base import BaseRequestMiddleware
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)

from app.settings import BotSettings
from app.text import split_html
from shared.errors import ConfigurationError, UnavailableError
from shared.lifecycle import Resource, Resources

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiogram.client.session.middlewares.base import NextRequestMiddlewareType
    from aiogram.methods import Response, TelegramMethod
    from aiogram.methods.base import TelegramType
    from aiogram.types import InlineKeyboardMarkup

WAITS = (0.5, 1.0, 2.0, 4.0)
# A longer wait would hold up all that the person sends: it is raised.
LONGEST_WAIT_SECONDS = 60
PING_SECONDS = 2
TIMEOUT_SECONDS = 30.0
# Whoever asks these asks again.
_ASKED_ONCE = {"getMe", "getUpdates", "setMyCommands", "setWebhook", "deleteWebhook"}
# The person has blocked the bot, has never begun, or is gone.
_UNREACHABLE = ("chat not found", "user is deactivated", "bot was blocked", "can't initiate")
NOT_MODIFIED = "message is not modified"

_log = structlog.stdlib.get_logger(__name__)


class RetryMiddleware(BaseRequestMiddleware):
    """Waits as long as Telegram says, and repeats what failed for a reason that may pass.

    What was lost on its way back is sent a second time: an answer that comes twice is better than
    none.
    """

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Make a request."""
        if method.__api_method__ in _ASKED_ONCE:
            return await make_request(bot, method)
        for wait in WAITS:
            failure: Exception
            try:
                return await make_request(bot, method)
            except TelegramEntityTooLarge:
                raise
            except TelegramRetryAfter as error:
                if error.retry_after > LONGEST_WAIT_SECONDS:
                    raise
                failure, seconds = error, float(error.retry_after)
            except (TelegramNetworkError, TelegramServerError, ClientDecodeError) as error:
                failure, seconds = error, wait
            _log.warning(
                "Telegram is asked again",
                method=method.__api_method__,
                error=type(failure).__name__,
                again_in=seconds,
            )
            await asyncio.sleep(seconds)
        return await make_request(bot, method)


def new_bot(settings: BotSettings) -> Bot:
    """Return a client; whoever makes it closes its session."""
    server = TelegramAPIServer.from_base(settings.telegram_api_url)
    session = AiohttpSession(api=server, timeout=TIMEOUT_SECONDS)
    session.middleware(RetryMiddleware())
    return Bot(
        settings.telegram_token.get_secret_value(),
        session=session,
        default=DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True),
    )


@asynccontextmanager
async def open_bot(resources: Resources) -> AsyncIterator[Bot]:
    """Make the client; it connects when there is something to ask."""
    bot = new_bot(resources.get(BotSettings))
    try:
        yield bot
    finally:
        await bot.session.close()


async def ping_telegram(bot: Bot) -> None:
    """Raise UnavailableError unless Telegram answers and knows the bot."""
    try:
        await bot.get_me(request_timeout=PING_SECONDS)
    except (TelegramAPIError, ClientDecodeError) as error:
        raise UnavailableError("Telegram can't be reached.") from error


async def check_token(settings: BotSettings) -> None:
    """Raise ConfigurationError if Telegram refuses the token; Telegram may be away."""
    bot = new_bot(settings)
    try:
        me = await bot.get_me(request_timeout=PING_SECONDS)
    except (TelegramUnauthorizedError, TelegramNotFound):
        # Raised out here, it does not carry the other error, which names the token.
        refused = "TELEGRAM_TOKEN is not valid: Telegram refuses it; @BotFather shows the right one"
    except (TelegramAPIError, ClientDecodeError) as error:
        _log.warning("Telegram can't be reached", error=type(error).__name__)
        return
    else:
        _log.info("Telegram knows the bot", username=me.username, bot_id=me.id)
        return
    finally:
        await bot.session.close()
    raise ConfigurationError(refused)


BOT = Resource(provides=Bot, open=open_bot, requires=(BotSettings,), ping=ping_telegram)


async def send_html(
    bot: Bot, chat_id: int, html: str, keyboard: InlineKeyboardMarkup | None = None
) -> int:
    """Send a text of any length and return the id of the last part, which has the keyboard."""
    *parts, last = split_html(html)
    for part in parts:
        await bot.send_message(chat_id, part)
    return (await bot.send_message(chat_id, last, reply_markup=keyboard)).message_id


async def edit_html(
    bot: Bot,
    chat_id: int,
    message_id: int,
    html: str,
    keyboard: InlineKeyboardMarkup | None = None,
) -> int:
    """Change a message of the bot's own and return its id; send a new one if it is gone."""
    try:
        await bot.edit_message_text(
            html, chat_id=chat_id, message_id=message_id, reply_markup=keyboard
        )
    except TelegramBadRequest as error:
        if NOT_MODIFIED in error.message:
            return message_id
        _log.info("a message could not be changed", chat_id=chat_id, error=error.message)
        return await send_html(bot, chat_id, html, keyboard)
    return message_id


def is_unreachable(error: BaseException) -> bool:
    """Say whether the person can't be written to, whoever tries and however often."""
    if isinstance(error, TelegramForbiddenError):
        return True
    return isinstance(error, TelegramBadRequest | TelegramNotFound) and any(
        reason in error.message.lower() for reason in _UNREACHABLE
    )
