"""Answers /start: a handler to copy from."""

from aiogram import Bot
from aiogram.types import Message, User

from app.feature import EVERYONE, Handler
from app.sample import texts
from app.telegram import send_html
from app.text import clean_name


async def start(message: Message, bot: Bot, event_from_user: User) -> None:
    """Greet the person."""
    name = clean_name(event_from_user.full_name)
    await send_html(bot, message.chat.id, texts.hello(name))


# A handler that does not say who it is for is for administrators.
HANDLERS = (Handler(handle=start, command="start", summary=texts.summary, allow=EVERYONE),)
