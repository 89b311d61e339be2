"""Answers /help and /cancel."""

from aiogram import Bot
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from app.feature import EVERYONE, Handler
from app.guide import texts
from app.menu import commands_for
from app.telegram import send_html


async def show_help(
    message: Message, bot: Bot, handlers: tuple[Handler, ...], admins: frozenset[int]
) -> None:
    """List what the person may do."""
    found = commands_for(handlers, administrator=message.chat.id in admins)
    await send_html(bot, message.chat.id, texts.commands(found))


async def cancel(message: Message, bot: Bot, state: FSMContext) -> None:
    """End the dialogue that there is."""
    text = texts.cancelled() if await state.get_state() else texts.nothing_to_cancel()
    await state.clear()
    await send_html(bot, message.chat.id, text)


HANDLERS = (
    Handler(handle=show_help, command="help", summary=texts.help_summary, allow=EVERYONE),
    Handler(handle=cancel, command="cancel", summary=texts.cancel_summary, allow=EVERYONE),
)
