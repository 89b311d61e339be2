"""Answers what no other feature does."""

from aiogram import Bot
from aiogram.types import CallbackQuery, Message

from app.fallback import texts
from app.feature import EVERYONE, Handler
from app.telegram import send_html


async def answer_message(message: Message, bot: Bot) -> None:
    """Say that this was not understood."""
    await send_html(bot, message.chat.id, texts.not_understood())


async def answer_button(query: CallbackQuery) -> None:
    """Say that the button is of another time."""
    await query.answer(texts.outdated())


HANDLERS = (
    Handler(handle=answer_message, title="any other message", allow=EVERYONE),
    Handler(handle=answer_button, on="callback_query", title="any other button", allow=EVERYONE),
)
