"""Telegram fails as it was told to, and heals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest
from aiogram.exceptions import (
    ClientDecodeError,
    RestartingTelegram,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiohttp import ClientError, ClientResponseError
from pydantic import ValidationError

from shared.testing.telegram import Failure, File, FloodLimits

if TYPE_CHECKING:
    from aiogram import Bot

    from shared.testing.telegram import FakeBot, FakeChat

ANN = 1001


async def test_a_failure_meets_as_many_requests_as_it_says(
    bot: Bot, fake: FakeBot, chat: FakeChat
) -> None:
    fake.fail(Failure(method="sendMessage", status=502, times=2))

    await bot.get_me()
    for _ in range(2):
        with pytest.raises(TelegramServerError, match="Bad Gateway"):
            await bot.send_message(ANN, "hello")
    await bot.send_message(ANN, "hello")

    assert len(chat.replies) == 1
    assert [each.status for each in fake.called("sendMessage")] == [502, 502, 200]


async def test_too_many_requests_say_how_long_to_wait(bot: Bot, fake: FakeBot) -> None:
    fake.fail(Failure(status=429, retry_after=7))

    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.get_me()

    assert refused.value.retry_after == 7


async def test_a_failure_may_be_about_one_chat_until_the_bot_is_healed(
    bot: Bot, fake: FakeBot, chat: FakeChat
) -> None:
    fake.chat(1002)
    fake.fail(Failure(chat_id=ANN, status=403, times=None))

    for _ in range(2):
        with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
            await bot.send_message(ANN, "hello")
    await bot.send_message(1002, "hello")
    fake.heal()
    await bot.send_message(ANN, "hello")

    assert len(chat.replies) == 1
    assert len(fake.called("sendMessage", chat_id=ANN)) == 3


async def test_the_oldest_of_several_failures_is_met_first(bot: Bot, fake: FakeBot) -> None:
    fake.fail(Failure(status=500, description="Internal Server Error: restart"))
    fake.fail(Failure(status=400, description="Bad Request: odd"))

    with pytest.raises(RestartingTelegram):
        await bot.get_me()
    with pytest.raises(TelegramBadRequest, match="odd"):
        await bot.get_me()
    await bot.get_me()


async def test_a_proxy_may_answer_instead_of_telegram(bot: Bot, fake: FakeBot) -> None:
    fake.fail(Failure(status=502, body="<html>Bad Gateway</html>"))

    with pytest.raises(ClientDecodeError):
        await bot.get_me()


@pytest.mark.parametrize(("loss", "sent"), [("before", []), ("after", ["hello"])])
async def test_the_connection_is_lost_before_or_after_the_effect(
    bot: Bot, fake: FakeBot, chat: FakeChat, loss: str, sent: list[str]
) -> None:
    fake.fail(Failure.model_validate({"method": "sendMessage", "loss": loss}))

    with pytest.raises(TelegramNetworkError):
        await bot.send_message(ANN, "hello")

    assert [each.text for each in chat.replies] == sent


async def test_what_is_held_goes_on_when_the_bot_is_healed(
    bot: Bot, fake: FakeBot, chat: FakeChat
) -> None:
    fake.fail(Failure(method="sendMessage", hold=True))
    async with anyio.create_task_group() as group:
        group.start_soon(bot.send_message, ANN, "hello")
        await fake.wait_until(lambda: fake.plan.held == ["sendMessage"])
        assert chat.replies == []

        fake.heal()

    assert [each.text for each in chat.replies] == ["hello"]
    assert fake.plan.held == []


@pytest.mark.parametrize("failure", [{"status": 500}, {"loss": "before"}, {"loss": "after"}])
async def test_a_download_fails_or_breaks_off(
    bot: Bot, fake: FakeBot, chat: FakeChat, failure: dict[str, object]
) -> None:
    document = chat.send_document(File(content=b"0123456789", name="a.txt")).document
    assert document
    file = await bot.get_file(document.file_id)
    assert file.file_path
    # aiohttp asks once more by itself when a connection that it kept turns out to be closed.
    fake.fail(Failure.model_validate({"method": "download", "times": None} | failure))

    with pytest.raises(ClientResponseError if "status" in failure else ClientError):
        await bot.download_file(file.file_path)

    fake.heal()
    content = await bot.download_file(file.file_path)
    assert content is not None
    assert content.read() == b"0123456789"
    assert fake.called("download")


def test_a_failure_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValidationError, match="retry"):
        Failure.model_validate({"retry": 1})
    with pytest.raises(ValidationError, match="status"):
        Failure(status=200)


async def test_limits_refuse_what_comes_too_fast_to_one_person(
    bot: Bot, fake: FakeBot, chat: FakeChat
) -> None:
    fake.chat(1)
    fake.limits = FloodLimits(per_chat_per_second=0.01, burst=2)
    for _ in range(2):
        await bot.send_message(ANN, "hello")

    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(ANN, "hello")
    await bot.send_message(1, "hello")
    fake.limits = None
    await bot.send_message(ANN, "hello")

    # One in a hundred seconds, of which few are over.
    assert refused.value.retry_after in range(50, 101)
    assert len(chat.replies) == 3


async def test_limits_refuse_what_comes_too_fast_in_all(bot: Bot, fake: FakeBot) -> None:
    for number in (1, 2):
        fake.chat(number)
    fake.limits = FloodLimits(per_second=0.01)
    await bot.send_message(1, "hello")

    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(2, "hello")

    assert refused.value.retry_after in range(50, 101)
