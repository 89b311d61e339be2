"""Each method does what Telegram does, and refuses in its words."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    BotCommand,
)
from aiohttp import ClientResponseError, ClientSession

from shared.testing.telegram import FakeBot, FakeChat, File


async def test_a_bot_is_the_one_of_its_token(bot: Bot, fake: FakeBot) -> None:
    me = await bot.me()

    assert (me.id, me.is_bot, me.username) == (fake.user.id, True, fake.user.username)


async def test_a_token_that_is_revoked_or_of_another_secret_is_refused(
    bot: Bot, fake: FakeBot
) -> None:
    other = Bot(f"{fake.user.id}:OTHER", session=bot.session)
    with pytest.raises(TelegramUnauthorizedError, match="Unauthorized"):
        await other.get_me()

    fake.revoked = True

    with pytest.raises(TelegramUnauthorizedError, match="Unauthorized"):
        await bot.get_me()


async def test_a_file_of_up_to_20_mib_can_be_downloaded(bot: Bot, chat: FakeChat) -> None:
    limit = 20 * 2**20
    fits = chat.send_document(File(content=b"1", name="a.bin", claimed_size=limit)).document
    big = chat.send_document(File(content=b"1", name="a.bin", claimed_size=limit + 1)).document
    assert fits
    assert big

    file = await bot.get_file(fits.file_id)

    assert file.file_size == limit
    assert file.file_path == "documents/file_1.bin"
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await bot.get_file(big.file_id)
    with pytest.raises(TelegramBadRequest, match="wrong file_id"):
        await bot.get_file("unknown")


async def test_commands_are_kept_by_language(bot: Bot, fake: FakeBot) -> None:
    await bot.set_my_commands([BotCommand(command="help", description="Help")])
    german = BotCommand(command="help", description="Hilfe")
    await bot.set_my_commands([german], language_code="de")

    kept = await bot.get_my_commands(language_code="de")

    assert [each.description for each in fake.commands] == ["Help"]
    assert [each.description for each in kept] == ["Hilfe"]
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand(command="No Command", description="x")])
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_DESCRIPTION_INVALID"):
        await bot.set_my_commands([BotCommand(command="help", description="x" * 257)])


async def test_what_the_fake_does_not_know_it_says(bot: Bot, chat: FakeChat) -> None:
    with pytest.raises(TelegramAPIError, match="Not Implemented: add sendDice"):
        await bot.send_dice(chat.user.id)
    url = bot.session.api.api_url(bot.token, "noSuchMethod")
    async with ClientSession() as session, session.post(url) as answer:
        assert (await answer.json())["description"] == "Not Found: method not found"


async def test_a_request_that_aiogram_could_not_read_is_refused(bot: Bot) -> None:
    url = bot.session.api.api_url(bot.token, "sendMessage")
    body = {"text": "to nobody"}
    async with ClientSession() as session, session.post(url, json=body) as answer:
        assert answer.status == 400
        assert (await answer.json())["description"] == "Bad Request: chat_id: Field required"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("multipart/form-data", b"x"),
        (
            'multipart/form-data; boundary="b"',
            b'--b\r\nContent-Disposition: form-data; name="text"',
        ),
        (
            'multipart/form-data; boundary="b"',
            b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\r\n--b--\r\n',
        ),
    ],
)
async def test_a_broken_request_is_refused(bot: Bot, kind: str, body: bytes) -> None:
    url, headers = bot.session.api.api_url(bot.token, "sendMessage"), {"Content-Type": kind}
    async with ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        assert answer.status == 400
        assert (await answer.json())["description"].startswith("Bad Request: ")


async def test_what_is_no_token_is_not_found(bot: Bot) -> None:
    url = bot.session.api.api_url("nonsense", "getMe")
    async with ClientSession() as session, session.get(url) as answer:
        assert answer.status == 404


async def test_a_path_of_no_file_is_not_found(bot: Bot) -> None:
    with pytest.raises(ClientResponseError, match="404"):
        await bot.download_file("documents/../../etc/passwd")
