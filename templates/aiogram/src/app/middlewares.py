"""What happens around every handler, the outermost first: `MIDDLEWARES` has the order.

What a handler raises is answered in `ErrorMiddleware`; whether the update comes again is decided in
`updates/processor.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from aiogram import BaseMiddleware
from aiogram.dispatcher.event.bases import CancelHandler, SkipHandler
from aiogram.exceptions import TelegramAPIError

from app import texts
from app.activity import Activity
from app.errors import RefusedError, RetryLaterError
from app.settings import BotSettings
from app.telegram import is_unreachable, send_html
from app.text import clean_name
from app.translations import Translations
from shared.correlation import current_request_id
from shared.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiogram import Bot
    from aiogram.types import Chat, TelegramObject, User

    from shared.lifecycle import Resources

    Next = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

_log = structlog.stdlib.get_logger(__name__)


class PersonMiddleware(BaseMiddleware):
    """Has all texts be in the person's language; handlers get it as `language`."""

    def __init__(self, translations: Translations) -> None:
        self._translations = translations

    async def __call__(self, handler: Next, event: TelegramObject, data: dict[str, Any]) -> object:
        """Handle one update."""
        user: User | None = data.get("event_from_user")
        language = self._translations.choose(user.language_code if user else None)
        with self._translations.use_language(language):
            return await handler(event, data | {"language": language})


class ErrorMiddleware(BaseMiddleware):
    """Answers the person whose update could not be handled, and logs why."""

    async def __call__(self, handler: Next, event: TelegramObject, data: dict[str, Any]) -> object:
        """Handle one update."""
        try:
            return await handler(event, data)
        except (SkipHandler, CancelHandler):
            raise
        except RefusedError as refusal:
            await _answer(data, str(refusal))
        except RetryLaterError:
            if data["final"]:
                await _answer(data, texts.unavailable())
            raise
        except UnavailableError as error:
            _log.warning("not handled: something is away", error=str(error))
            await _answer(data, texts.unavailable())
        except Exception as error:  # noqa: BLE001 - whatever it is, the person gets an answer
            if is_unreachable(error):
                _log.info("the person can't be written to", error=str(error))
                return None
            _log.exception("a handler has failed")
            await _answer(data, texts.failed(current_request_id() or ""))
        return None


class ThrottlingMiddleware(BaseMiddleware):
    """Handles so many updates of a person in so many seconds; says once that it was too many."""

    def __init__(self, activity: Activity, settings: BotSettings) -> None:
        self._activity = activity
        self._limit, self._seconds = settings.throttle_messages, settings.throttle_seconds

    async def __call__(self, handler: Next, event: TelegramObject, data: dict[str, Any]) -> object:
        """Handle one update, if the person has not sent too many."""
        user: User | None = data.get("event_from_user")
        count = await self._activity.count(user.id, self._seconds) if user else 0
        if count <= self._limit:
            return await handler(event, data)
        if count == self._limit + 1:
            _log.warning("a person is throttled", name=clean_name(user.full_name if user else ""))
            await _answer(data, texts.too_fast(self._seconds))
        return None


def middlewares_of(resources: Resources) -> tuple[BaseMiddleware, ...]:
    """Return them, the outermost first."""
    return (
        PersonMiddleware(resources.get(Translations)),
        ErrorMiddleware(),
        ThrottlingMiddleware(resources.get(Activity), resources.get(BotSettings)),
    )


async def _answer(data: dict[str, Any], html: str) -> None:
    """Tell the person; that this fails too is only logged."""
    bot: Bot = data["bot"]
    chat: Chat | None = data.get("event_chat")
    if chat is None:
        return
    try:
        await send_html(bot, chat.id, html)
    except TelegramAPIError as error:
        _log.warning("the person could not be told", error=str(error))
