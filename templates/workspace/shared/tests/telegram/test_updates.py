"""Updates wait until they are confirmed; people do what people can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest
from aiogram.exceptions import TelegramConflictError
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Update

from shared.testing.telegram import ActionError

if TYPE_CHECKING:
    from aiogram import Bot

    from shared.testing.telegram import FakeBot, FakeChat


def texts(updates: list[Update]) -> list[str | None]:
    return [each.message.text if each.message else None for each in updates]


async def test_an_update_is_given_until_a_higher_offset_confirms_it(
    bot: Bot, fake: FakeBot, chat: FakeChat
) -> None:
    for text in ("one", "two", "three"):
        chat.send_text(text)

    first = await bot.get_updates(limit=2)
    again = await bot.get_updates(limit=2)
    rest = await bot.get_updates(offset=first[0].update_id + 1)

    assert texts(first) == texts(again) == ["one", "two"]
    assert texts(rest) == ["two", "three"]
    assert fake.pending == 2


async def test_a_negative_offset_forgets_all_but_the_newest(bot: Bot, chat: FakeChat) -> None:
    for text in ("one", "two", "three"):
        chat.send_text(text)

    assert texts(await bot.get_updates(offset=-1)) == ["three"]
    assert texts(await bot.get_updates()) == ["three"]


async def test_a_long_poll_ends_with_the_first_update(
    bot: Bot, fake: FakeBot, chat: FakeChat
) -> None:
    async with anyio.create_task_group() as group:
        got: list[Update] = []

        async def poll() -> None:
            got.extend(await bot.get_updates(timeout=30))

        group.start_soon(poll)
        await fake.wait_until(lambda: fake.updates.polled)
        chat.send_text("now")

    assert texts(got) == ["now"]


async def test_of_two_pollers_the_first_is_refused(bot: Bot, fake: FakeBot) -> None:
    async with anyio.create_task_group() as group:

        async def poll() -> None:
            with pytest.raises(TelegramConflictError, match="only one bot instance is running"):
                await bot.get_updates(timeout=30)

        group.start_soon(poll)
        await fake.wait_until(lambda: fake.updates.polled)

        assert await bot.get_updates() == []


async def test_only_allowed_updates_are_kept_and_the_choice_stays(bot: Bot, chat: FakeChat) -> None:
    await bot.get_updates(allowed_updates=["message"])
    chat.block()
    chat.unblock()
    sent = chat.send_text("hello")
    chat.edit_text(sent.message_id, "hello, you")

    assert texts(await bot.get_updates()) == ["hello"]


async def test_blocking_and_editing_are_told(bot: Bot, chat: FakeChat) -> None:
    sent = chat.send_text("hello")
    chat.edit_text(sent.message_id, "hello, you")
    chat.block()
    chat.block()
    chat.unblock()

    updates = await bot.get_updates()

    assert [each.event_type for each in updates] == [
        "message",
        "edited_message",
        "my_chat_member",
        "my_chat_member",
    ]
    changes = [each.my_chat_member for each in updates if each.my_chat_member]
    assert [each.new_chat_member.status for each in changes] == ["kicked", "member"]


async def test_people_cannot_do_the_impossible(bot: Bot, chat: FakeChat) -> None:
    markup = InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go")]]
    )
    sent = await bot.send_message(chat.user.id, "hello", reply_markup=markup)
    with pytest.raises(ActionError, match="has no button 'Stop'; buttons: 'Go'"):
        chat.press(sent, "Stop")
    with pytest.raises(ActionError, match="no text of this person"):
        chat.edit_text(sent.message_id, "x")
    with pytest.raises(ActionError, match="has no file"):
        chat.content(sent)
    with pytest.raises(ActionError, match="more than space"):
        chat.send_text(" ")
    with pytest.raises(ActionError, match="needs photos or documents"):
        chat.send_album([])
    chat.deactivate()
    with pytest.raises(ActionError, match="the chat is deactivated"):
        chat.press(sent, "Go")
    with pytest.raises(ActionError, match="the chat is deactivated"):
        chat.block()


async def test_waiting_in_vain_says_what_came_instead(bot: Bot, chat: FakeChat) -> None:
    await bot.send_message(chat.user.id, "something else")

    with pytest.raises(TimeoutError, match=r"within 0.01 s; the bot's messages: \['something el"):
        await chat.wait_for_reply("this", timeout_seconds=0.01)
