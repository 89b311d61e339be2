"""Shows people what is known of them, and asks for another name."""

from aiogram import Bot, F
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    User,
)

from app.feature import EVERYONE, Handler
from app.profile import texts
from app.telegram import send_html
from app.text import clean_name
from app.users import Users
from shared.lifecycle import Resources

CHANGE_NAME = "profile:name"
NAME_LIMIT = 64


class ProfileStates(StatesGroup):
    """Where the dialogue is; it is forgotten after DIALOGUE_SECONDS."""

    name = State()


async def show_profile(
    message: Message, bot: Bot, event_from_user: User, resources: Resources
) -> None:
    """Show the person's name, with a button to change it."""
    user, _ = await resources.get(Users).ensure(event_from_user)
    button = InlineKeyboardButton(text=texts.change_name(), callback_data=CHANGE_NAME)
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[button]])
    await send_html(bot, message.chat.id, texts.profile(user.name), keyboard)


async def ask_name(
    query: CallbackQuery, bot: Bot, event_from_user: User, state: FSMContext
) -> None:
    """Ask for the new name."""
    await state.set_state(ProfileStates.name)
    await query.answer()
    await send_html(bot, event_from_user.id, texts.ask_name())


async def take_name(
    message: Message, bot: Bot, event_from_user: User, state: FSMContext, resources: Resources
) -> None:
    """Take the new name, or say what is wrong with it."""
    name = clean_name(message.text or "", limit=NAME_LIMIT + 1)
    if not name:
        text = texts.name_is_empty() if message.text else texts.only_text()
    elif len(name) > NAME_LIMIT:
        text = texts.name_is_too_long(NAME_LIMIT)
    else:
        user = await resources.get(Users).rename(event_from_user, name)
        await state.clear()
        text = texts.renamed(user.name)
    await send_html(bot, message.chat.id, text)


HANDLERS = (
    Handler(handle=show_profile, command="profile", summary=texts.summary, allow=EVERYONE),
    Handler(
        handle=ask_name,
        on="callback_query",
        filters=(F.data == CHANGE_NAME,),
        allow=EVERYONE,
        title="the button below /profile",
    ),
    Handler(
        handle=take_name,
        filters=(StateFilter(ProfileStates.name), ~F.text.startswith("/")),
        allow=EVERYONE,
        title="a name, when it was asked for",
    ),
)
