"""A bot of aiogram and people talk, by polling and by webhook."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.filters import CommandStart
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from shared.testing.telegram import File, Photo

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from aiogram.filters import CommandObject
    from aiogram.methods import TelegramMethod

    from shared.testing.telegram import FakeBot, FakeChat

JPEG = b"\xff\xd8\xff and the rest of a picture"
SECRET = "only-telegram-knows"
KEYBOARD = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Go on", callback_data="page:2")]]
)


async def greet(message: Message, command: CommandObject) -> TelegramMethod[Any]:
    # What a handler returns is in the webhook's answer.
    return message.answer(f"<b>Hello</b> {command.args}", parse_mode="HTML", reply_markup=KEYBOARD)


async def turn_page(query: CallbackQuery) -> None:
    assert isinstance(query.message, Message)
    await query.message.edit_text("page 2")
    await query.answer("turned")


async def return_photo(message: Message, bot: Bot) -> None:
    assert message.photo
    picture = await bot.download(message.photo[-1])
    assert picture is not None
    await message.answer_photo(BufferedInputFile(picture.read(), "back.jpg"), caption="back")


async def name_file(message: Message) -> None:
    assert message.document
    await message.reply(f"{message.document.file_name}, {message.document.file_size} bytes")


@pytest.fixture
def dispatcher() -> Dispatcher:
    dispatcher = Dispatcher()
    dispatcher.message.register(greet, CommandStart(deep_link=True))
    dispatcher.message.register(return_photo, F.photo)
    dispatcher.message.register(name_file, F.document)
    dispatcher.callback_query.register(turn_page)
    return dispatcher


@asynccontextmanager
async def polling(dispatcher: Dispatcher, bot: Bot) -> AsyncIterator[None]:
    async with anyio.create_task_group() as group:

        async def poll() -> None:
            await dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False)

        group.start_soon(poll)
        yield
        await dispatcher.stop_polling()


@asynccontextmanager
async def webhook(dispatcher: Dispatcher, bot: Bot) -> AsyncIterator[None]:
    app = web.Application()
    handler = SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token=SECRET)
    app.router.add_post("/hook", handler.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    await bot.set_webhook(f"http://127.0.0.1:{port}/hook", secret_token=SECRET)
    yield
    await bot.delete_webhook()
    await runner.cleanup()


@pytest.fixture(params=[polling, webhook])
async def talking(
    request: pytest.FixtureRequest, dispatcher: Dispatcher, bot: Bot
) -> AsyncIterator[None]:
    mode: Callable[[Dispatcher, Bot], AbstractAsyncContextManager[None]] = request.param
    async with mode(dispatcher, bot):
        yield


@pytest.mark.usefixtures("talking")
async def test_a_command_is_answered_with_formatted_text(chat: FakeChat) -> None:
    reply = await chat.ask("/start abc")

    assert reply.text == "Hello abc"
    assert reply.entities
    assert [(each.type, each.offset, each.length) for each in reply.entities] == [("bold", 0, 5)]


@pytest.mark.usefixtures("talking")
async def test_a_pressed_button_edits_the_message_and_is_answered(chat: FakeChat) -> None:
    reply = await chat.ask("/start abc")

    press = chat.press(reply, "Go on")

    assert (await chat.wait_for_answer(press)).text == "turned"
    assert [each.text for each in chat.versions(reply)] == ["Hello abc", "page 2"]
    assert chat.replies[-1].reply_markup is None


@pytest.mark.usefixtures("talking")
async def test_a_photo_goes_to_the_bot_and_comes_back(chat: FakeChat) -> None:
    sent = chat.send_photo(JPEG)

    reply = await chat.wait_for_reply("back", after=sent)

    assert chat.content(reply) == JPEG


@pytest.mark.usefixtures("talking")
async def test_a_hostile_file_name_arrives_as_it_is(chat: FakeChat, fake: FakeBot) -> None:
    name = "../../\u202egpj.<script>"

    sent = chat.send_document(File(content=b"1234", name=name), caption="take it")

    reply = await chat.wait_for_reply("4 bytes")
    assert reply.text == f"{name}, 4 bytes"
    assert reply.reply_to_message is not None
    assert reply.reply_to_message.message_id == sent.message_id
    stored = fake.files.get(sent.document.file_id) if sent.document else None
    assert stored is not None
    assert stored.path == "documents/file_1"


@pytest.mark.usefixtures("talking")
async def test_an_album_is_several_messages_with_one_caption(chat: FakeChat) -> None:
    sent = chat.send_album([Photo(content=JPEG), Photo(content=JPEG)], caption="two")

    await chat.wait_for_reply("back", after=sent[1])

    assert [each.caption for each in sent] == ["two", None]
    assert len({each.media_group_id for each in sent}) == 1


@pytest.mark.usefixtures("talking")
async def test_many_people_talk_to_a_bot_at_once(fake: FakeBot) -> None:
    chats = [fake.chat(number) for number in range(1, 51)]
    answers: dict[int, str | None] = {}

    async def ask(chat: FakeChat) -> None:
        answers[chat.user.id] = (await chat.ask(f"/start {chat.user.id}")).text

    async with anyio.create_task_group() as group:
        for chat in chats:
            group.start_soon(ask, chat)

    assert answers == {number: f"Hello {number}" for number in range(1, 51)}
    await fake.wait_until(lambda: fake.pending == 0)
