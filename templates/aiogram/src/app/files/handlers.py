"""Shows people what they have sent, by pages."""

from datetime import datetime

from aiogram import Bot, F
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    User,
)
from pydantic import BaseModel

from app.feature import EVERYONE, Handler
from app.files import texts
from app.telegram import edit_html, send_html
from app.text import clean_file_name
from app.users import Users
from shared.fields import Page
from shared.http import DataServiceClient
from shared.lifecycle import Resources

FILES = "/api/v1/users/{user_id}/files"
PAGE = 10
# A button has the cursor of the page that it leads to; Telegram takes up to 64 bytes.
PREFIX = "files:"


class File(BaseModel):
    """What is shown of a file."""

    name: str
    size: int
    status: str
    created_at: datetime


async def show_files(
    message: Message, bot: Bot, event_from_user: User, resources: Resources
) -> None:
    """Show the first page."""
    text, keyboard = await _page(event_from_user, None, resources)
    await send_html(bot, message.chat.id, text, keyboard)


async def turn_page(
    query: CallbackQuery, bot: Bot, event_from_user: User, resources: Resources
) -> None:
    """Show another page in place of this one."""
    cursor = (query.data or "").removeprefix(PREFIX) or None
    text, keyboard = await _page(event_from_user, cursor, resources)
    await query.answer()
    if query.message is not None:
        place = query.message.chat.id, query.message.message_id
        await edit_html(bot, *place, text, keyboard)


async def _page(
    person: User, cursor: str | None, resources: Resources
) -> tuple[str, InlineKeyboardMarkup | None]:
    """Return a page of the person's own files, whoever's button it was."""
    user, _ = await resources.get(Users).ensure(person)
    page = await resources.get(DataServiceClient).get(
        FILES,
        path_params={"user_id": user.id},
        params={"limit": PAGE, "order": "newest", "cursor": cursor},
        into=Page[File],
    )
    if not page.items and cursor is None:
        return texts.none(), None
    lines = [
        texts.line(
            clean_file_name(each.name), each.size, f"{each.created_at:%Y-%m-%d}", each.status
        )
        for each in page.items
    ]
    buttons = []
    if cursor is not None:
        buttons.append(InlineKeyboardButton(text=texts.newest(), callback_data=PREFIX))
    if page.next_cursor is not None:
        data = f"{PREFIX}{page.next_cursor}"
        buttons.append(InlineKeyboardButton(text=texts.older(), callback_data=data))
    keyboard = InlineKeyboardMarkup(inline_keyboard=[buttons]) if buttons else None
    return texts.page(lines), keyboard


HANDLERS = (
    Handler(handle=show_files, command="files", summary=texts.summary, allow=EVERYONE),
    Handler(
        handle=turn_page,
        on="callback_query",
        filters=(F.data.startswith(PREFIX),),
        allow=EVERYONE,
        title="a button below /files",
    ),
)
