"""Answers /start."""

from aiogram import Bot
from aiogram.filters import CommandObject
from aiogram.types import Message, User

from app.feature import EVERYONE, Handler
from app.start import texts
from app.start.links import Links
from app.telegram import send_html
from app.users import Users
from shared.lifecycle import Resources


async def start(
    message: Message, command: CommandObject, bot: Bot, event_from_user: User, resources: Resources
) -> None:
    """Have the data service know the person, and greet them."""
    user, is_new = await resources.get(Users).ensure(event_from_user)
    link = await resources.get(Links).first(event_from_user.id, command.args)
    greeting = texts.welcome(user.name) if is_new else texts.welcome_back(user.name)
    text = f"{greeting}\n{texts.came_by(link)}" if link else greeting
    await send_html(bot, message.chat.id, text)


HANDLERS = (Handler(handle=start, command="start", summary=texts.summary, allow=EVERYONE),)
