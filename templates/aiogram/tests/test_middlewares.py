"""Whoever sends too much is told once; whatever fails is answered, with an id to find it by."""

import json

import pytest
from aiogram.types import Message

from app.application import build_application
from app.errors import RefusedError
from app.feature import EVERYONE, BotFeature, Handler
from app.features import Settings
from shared.testing import client, logged
from shared.testing.telegram import Failure, FakeBot, FakeChat


async def test_whoever_sends_too_much_is_told_once_and_heard_again_later(
    settings: Settings, fake_bot: FakeBot, ann: FakeChat
) -> None:
    strict = settings.model_copy(update={"throttle_messages": 2, "throttle_seconds": 60})
    async with client(build_application(strict)):
        for _ in range(2):
            assert "What I can do" in str((await ann.ask("/help")).text)
        assert "That was a lot at once. I read on in 60 seconds" in str((await ann.ask("x")).text)
        for _ in range(5):
            ann.send_text("/help")
        bea = fake_bot.chat(1002, first_name="Bea")
        assert "What I can do" in str((await bea.ask("/help")).text)
    assert len(ann.replies) == 3


def feature(error: Exception) -> BotFeature:
    async def fail(_: Message) -> None:
        raise error

    handler = Handler(handle=fail, title="any message", allow=EVERYONE)
    return BotFeature(name="failing", handlers=(handler,))


async def test_what_fails_is_answered_with_the_id_that_is_in_the_log(
    settings: Settings, ann: FakeChat, capsys: pytest.CaptureFixture[str]
) -> None:
    with logged(settings):
        async with client(build_application(settings, [feature(KeyError("broken"))])):
            reply = await ann.ask("hello")
    text = str(reply.text)
    assert text.startswith("Something went wrong. Whoever runs this bot finds it as update-")
    request_id = text.rstrip(".").rpartition(" ")[2]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [line] = [each for each in lines if each["message"] == "a handler has failed"]
    assert (line["request_id"], line["telegram_id"]) == (request_id, 1001)


async def test_a_refusal_is_what_the_person_gets(settings: Settings, ann: FakeChat) -> None:
    async with client(build_application(settings, [feature(RefusedError("<b>No.</b>"))])):
        assert (await ann.ask("hello")).text == "No."


async def test_telegram_may_ask_to_wait_break_or_lose_an_answer(
    settings: Settings, fake_bot: FakeBot, ann: FakeChat
) -> None:
    async with client(build_application(settings)):
        for fault in (
            Failure(method="sendMessage", status=429, retry_after=1),
            Failure(method="sendMessage", status=502),
            Failure(method="sendMessage", loss="before"),
        ):
            fake_bot.fail(fault)
            assert "What I can do" in str((await ann.ask("/help")).text)
    assert len(ann.replies) == 3


async def test_whoever_has_blocked_the_bot_stops_nobody_else(
    settings: Settings, fake_bot: FakeBot, ann: FakeChat
) -> None:
    async with client(build_application(settings)):
        ann.send_text("/help")
        ann.block()
        bea = fake_bot.chat(1002, first_name="Bea")
        assert "What I can do" in str((await bea.ask("/help")).text)
