"""A broadcast reaches everybody once, whatever Telegram and the machine do."""

import asyncio
import re
import signal

import pytest

from app.admin.broadcaster import Pace
from app.admin.broadcasts import Broadcast, Broadcasts
from app.application import build_application
from app.features import Settings
from app.redis import REDIS, ServiceRedis
from app.settings import BotSettings
from shared.lifecycle import Lifecycle
from shared.testing import client, wait_until
from shared.testing.telegram import Failure, FakeBot, FakeChat
from tests.support.environment import ADMIN
from tests.support.keys import lifetimes_of
from tests.support.people import People
from tests.support.processes import served

TEXT = "Good news & more"


@pytest.fixture
def admin(fake_bot: FakeBot) -> FakeChat:
    """Return the chat of an administrator."""
    return fake_bot.chat(ADMIN, first_name="Root", language_code="en")


def audience(fake_bot: FakeBot, people: People, count: int) -> list[FakeChat]:
    chats = [fake_bot.chat(10_000 + each, first_name=f"P{each}") for each in range(count)]
    for chat in chats:
        people.add(telegram_id=chat.user.id, name=f"<P{chat.user.id}>")
    return chats


async def begin(admin: FakeChat) -> None:
    draft = await admin.ask(f"/broadcast {TEXT}")
    await admin.wait_for_answer(admin.press(draft, "Send it to everybody"))
    await admin.wait_for_reply("It is on its way.")


def got(chat: FakeChat) -> int:
    return sum(message.text == TEXT for message in chat.replies)


async def test_everybody_gets_it_and_the_report_says_who_did_not(
    settings: Settings, admin: FakeChat, fake_bot: FakeBot, people: People
) -> None:
    chats = audience(fake_bot, people, 5)
    people.add(telegram_id=1, is_active=False)
    people.add(name="no Telegram")
    chats[1].block()
    chats[2].deactivate()
    fake_bot.fail(Failure(method="sendMessage", chat_id=chats[3].user.id, status=502))
    async with client(build_application(settings)):
        await begin(admin)
        report = await admin.wait_for_reply("The broadcast is over.", timeout_seconds=20)
        assert report.text == (
            "The broadcast is over.\n3 people got it.\n2 people could not be reached.\n"
            "unreachable\t10001 <P10001>\nunreachable\t10002 <P10002>"
        )
        assert [got(chat) for chat in chats] == [1, 0, 0, 1, 1]

        async def forgotten() -> bool:
            return await lifetimes_of(settings, "broadcast*") == {}

        await wait_until(forgotten, what="an end")


async def test_a_message_that_may_have_come_is_not_sent_again(
    settings: Settings, admin: FakeChat, fake_bot: FakeBot, people: People
) -> None:
    [chat] = audience(fake_bot, people, 1)
    fake_bot.fail(Failure(method="sendMessage", chat_id=chat.user.id, loss="after"))
    async with client(build_application(settings)):
        await begin(admin)
        report = await admin.wait_for_reply("The broadcast is over.")
    assert "1 person may have got it; it was not sent a second time." in str(report.text)
    assert got(chat) == 1


async def test_there_is_one_at_a_time_and_it_can_be_stopped(
    settings: Settings, admin: FakeChat, fake_bot: FakeBot, people: People
) -> None:
    chats = audience(fake_bot, people, 50)
    slow = settings.model_copy(update={"broadcast_per_second": 4})
    async with client(build_application(slow)):
        await begin(admin)
        draft = await admin.ask("/broadcast another")
        await admin.wait_for_answer(admin.press(draft, "Send it to everybody"))
        busy = await admin.wait_for_reply("There is another broadcast on its way")
        lifetimes = await lifetimes_of(settings, "broadcast*")
        assert all(seconds >= 0 for seconds in lifetimes.values())
        await admin.wait_for_answer(admin.press(busy, "Stop it"))
        report = await admin.wait_for_reply("The broadcast was stopped.")
        await admin.wait_for_answer(admin.press(busy, "Stop it"))
        await admin.wait_for_reply("There is no broadcast to stop.")
    assert f"{sum(map(got, chats))} p" in str(report.text)
    assert sum(map(got, chats)) < 50


async def test_nothing_is_left_of_one_that_is_stopped_while_it_ends(settings: Settings) -> None:
    async with Lifecycle((REDIS,), {BotSettings: settings}) as resources:
        broadcasts = Broadcasts(resources.get(ServiceRedis), lease_seconds=1)
        for _ in range(20):
            assert await broadcasts.begin(Broadcast(text=TEXT, admin=ADMIN, language="en"))
            await asyncio.gather(broadcasts.stop(), broadcasts.end())
            # A mark that is left would stop the next one before its first message.
            assert await lifetimes_of(settings, "broadcast*") == {}


async def test_a_thousand_people_get_it_once_through_429s_blocks_and_a_kill(
    settings: Settings, admin: FakeChat, fake_bot: FakeBot, people: People
) -> None:
    assert settings.admin_ids == {ADMIN}
    chats = audience(fake_bot, people, 1000)
    for chat in chats[::100]:
        chat.block()
    for chat in (chats[5], chats[350], chats[700]):
        flood = Failure(method="sendMessage", chat_id=chat.user.id, status=429, retry_after=1)
        fake_bot.fail(flood)
    async with served(BROADCAST_PER_SECOND="400", UPDATE_CLAIM_SECONDS="4") as (process, _):
        await begin(admin)
        await fake_bot.wait_until(lambda: got(chats[150]) == 1, timeout_seconds=60)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    fast = settings.model_copy(update={"broadcast_per_second": 1000})
    async with client(build_application(fast)):
        report = await admin.wait_for_reply("The broadcast is over.", timeout_seconds=60)
    counts = [got(chat) for chat in chats]
    assert max(counts) == 1
    text = str(report.text)
    sent, unreachable = (int(each) for each in re.findall(r"(\d+) people (?:got|could)", text))
    unknown = sum(int(each) for each in re.findall(r"(\d+) (?:person|people) may have", text))
    assert (unreachable, sent + unreachable + unknown) == (10, 1000)
    # No more than those that were on their way when it was killed.
    assert unknown <= 10
    assert sent <= sum(counts) <= sent + unknown


async def test_a_pace_is_kept_and_paused() -> None:
    pace, loop = Pace(1000), asyncio.get_running_loop()
    started = loop.time()
    for _ in range(50):
        await pace.wait()
    assert loop.time() - started >= 0.048
    pace.pause(0.1)
    await pace.wait()
    assert loop.time() - started >= 0.1
