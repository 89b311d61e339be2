"""Answers administrators: what happens, and a word to everybody."""

from html import escape

from aiogram import Bot, F
from aiogram.filters import CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    User,
)

from app.activity import Activity
from app.admin import texts
from app.admin.broadcaster import Broadcaster
from app.admin.broadcasts import Broadcast, Broadcasts
from app.feature import Handler
from app.telegram import send_html
from app.translations import current_language
from app.updates.inbox import Inbox
from shared.lifecycle import Resources

SEND, DISCARD, STOP = "broadcast:send", "broadcast:discard", "broadcast:stop"
DRAFT = "draft"


async def show_stats(message: Message, bot: Bot, resources: Resources) -> None:
    """Say how many people wrote today, and how many wait."""
    updates, people = await resources.get(Activity).today()
    waiting = await resources.get(Inbox).waiting()
    await send_html(bot, message.chat.id, texts.stats(updates, people, waiting))


async def draft(message: Message, command: CommandObject, bot: Bot, state: FSMContext) -> None:
    """Show what everybody would get, and ask."""
    if not command.args:
        await send_html(bot, message.chat.id, texts.how_to_broadcast())
        return
    html = escape(command.args, quote=False)
    await state.update_data({DRAFT: html})
    keyboard = _keyboard((texts.send(), SEND), (texts.discard(), DISCARD))
    await send_html(bot, message.chat.id, texts.draft(html), keyboard)


async def send(
    query: CallbackQuery, bot: Bot, event_from_user: User, state: FSMContext, resources: Resources
) -> None:
    """Begin the broadcast of the draft, once however often the button is pressed."""
    await query.answer()
    html = (await state.get_data()).get(DRAFT)
    if html is None:
        await send_html(bot, event_from_user.id, texts.draft_is_gone())
        return
    broadcast = Broadcast(text=html, admin=event_from_user.id, language=current_language())
    if not await resources.get(Broadcasts).begin(broadcast):
        await send_html(bot, event_from_user.id, texts.busy(), _keyboard((texts.stop(), STOP)))
        return
    await state.clear()
    await send_html(bot, event_from_user.id, texts.begun(), _keyboard((texts.stop(), STOP)))
    resources.get(Broadcaster).wake()


async def discard(query: CallbackQuery, bot: Bot, event_from_user: User, state: FSMContext) -> None:
    """Forget the draft."""
    await query.answer()
    await state.clear()
    await send_html(bot, event_from_user.id, texts.discarded())


async def stop(query: CallbackQuery, bot: Bot, event_from_user: User, resources: Resources) -> None:
    """Stop the broadcast that there is."""
    await query.answer()
    stopped = await resources.get(Broadcasts).stop()
    text = texts.stopping() if stopped else texts.nothing_to_stop()
    await send_html(bot, event_from_user.id, text)


def _keyboard(*buttons: tuple[str, str]) -> InlineKeyboardMarkup:
    row = [InlineKeyboardButton(text=text, callback_data=data) for text, data in buttons]
    return InlineKeyboardMarkup(inline_keyboard=[row])


# None of them says for whom it is: they are for administrators.
HANDLERS = (
    Handler(handle=show_stats, command="stats", summary=texts.stats_summary),
    Handler(handle=draft, command="broadcast", summary=texts.broadcast_summary),
    Handler(
        handle=send,
        on="callback_query",
        filters=(F.data == SEND,),
        title="the button that sends a broadcast",
    ),
    Handler(
        handle=discard,
        on="callback_query",
        filters=(F.data == DISCARD,),
        title="the button that discards a broadcast",
    ),
    Handler(
        handle=stop,
        on="callback_query",
        filters=(F.data == STOP,),
        title="the button that stops a broadcast",
    ),
)
