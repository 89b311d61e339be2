"""Each person's updates are handled in order, people side by side, and nothing is lost."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiogram.fsm.storage.base import StorageKey
from aiogram.fsm.storage.redis import RedisStorage
from pydantic import SecretStr
from redis.exceptions import RedisError

from app.application import build_application
from app.features import Settings
from app.redis import REDIS, ServiceRedis
from app.settings import BotSettings
from app.updates.inbox import Inbox, Incoming
from app.updates.processor import ATTEMPTS
from shared.lifecycle import Lifecycle
from shared.testing import client, logged, wait_until
from shared.testing.telegram import FakeBot, FakeChat, Photo
from tests.support.keys import lifetimes_of
from tests.updates.bots import Notes

PEOPLE, EACH = 200, 5


@asynccontextmanager
async def redis_of(settings: Settings) -> AsyncIterator[ServiceRedis]:
    """Yield the Redis of the service, for what is to be there before it starts."""
    async with Lifecycle((REDIS,), {BotSettings: settings}) as resources:
        yield resources.get(ServiceRedis)


def waiting_notes() -> Notes:
    """Return notes of which nothing is finished until they are told to go on."""
    notes = Notes()
    notes.going.clear()
    return notes


async def test_two_hundred_people_at_once_are_served_in_order(
    settings: Settings, fake_bot: FakeBot
) -> None:
    notes = waiting_notes()
    chats = [fake_bot.chat(2000 + number, first_name=f"P{number}") for number in range(PEOPLE)]
    said = [f"{number}" for number in range(EACH)]
    for text in said:
        for chat in chats:
            chat.send_text(text)
    async with client(build_application(settings, [notes.feature()])):

        async def full() -> bool:
            return notes.at_once == settings.updates_in_flight

        await wait_until(full, what="all slots in use")
        notes.going.set()

        async def done() -> bool:
            return notes.count() == PEOPLE * EACH

        await wait_until(done, timeout_seconds=60, what="an answer to everybody")
    assert all(texts == said for texts in notes.texts.values())
    assert notes.most_at_once == settings.updates_in_flight
    assert notes.together == 0


async def test_of_two_processes_one_serves_each_person_at_a_time(
    settings: Settings, fake_bot: FakeBot
) -> None:
    notes = [waiting_notes(), waiting_notes()]
    chats = [fake_bot.chat(2000 + number, first_name=f"P{number}") for number in range(50)]
    # It polls for nobody, and has the same inbox.
    helping = settings.model_copy(update={"telegram_token": SecretStr("43:HELPER")})
    async with (
        client(build_application(helping, [notes[1].feature()])),
        client(build_application(settings, [notes[0].feature()])),
    ):
        for number in range(EACH):
            for chat in chats:
                chat.send_text(f"{number}")

        async def full() -> bool:
            return all(each.at_once == settings.updates_in_flight for each in notes)

        await wait_until(full, what="all slots of both in use")
        for each in notes:
            each.going.set()

        async def done() -> bool:
            return sum(each.count() for each in notes) == 50 * EACH

        await wait_until(done, timeout_seconds=60, what="an answer to everybody")
    assert all(each.count() for each in notes)
    assert sum(each.together for each in notes) == 0
    for chat in chats:
        said = [each.texts[chat.messages[0].chat.id] for each in notes]
        assert sorted([*said[0], *said[1]]) == [f"{number}" for number in range(EACH)]
        assert all(texts == sorted(texts) for texts in said)


async def test_an_update_is_handled_again_when_its_state_could_not_be_read(
    settings: Settings, ann: FakeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, failures = RedisStorage.get_state, [RedisError("the connection was reset")]

    async def get_state(storage: RedisStorage, key: StorageKey) -> str | None:
        if failures:
            raise failures.pop()
        return await read(storage, key)

    monkeypatch.setattr(RedisStorage, "get_state", get_state)
    notes = Notes()
    async with client(build_application(settings, [notes.feature()])):
        ann.send_text("first")

        async def done() -> bool:
            return notes.count() == 1

        await wait_until(done, what="the second attempt")
    assert failures == []


async def test_what_failed_for_a_while_is_handled_before_what_came_after_it(
    settings: Settings, ann: FakeChat
) -> None:
    notes = Notes(failing={"first": 1})
    async with client(build_application(settings, [notes.feature()])):
        ann.send_text("first")
        ann.send_text("second")

        async def done() -> bool:
            return notes.count() == 2

        await wait_until(done, what="both")
    assert notes.texts[1001] == ["first", "second"]


async def test_each_attempt_has_a_line_with_the_request_id_of_its_update(
    settings: Settings, ann: FakeChat, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = Notes(failing={"first": 1})
    with logged(settings):
        async with client(build_application(settings, [notes.feature()])):
            ann.send_text("first")

            async def done() -> bool:
                return notes.count() == 1

            await wait_until(done, what="the second attempt")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    own = [each for each in lines if each["logger"] == "app.updates.processor"]
    assert [each["message"] for each in own] == [
        "an update is handled again",
        "update retried",
        "update handled",
    ]
    assert len({(each["request_id"], each["telegram_id"]) for each in own}) == 1


async def test_what_has_failed_in_all_attempts_is_answered_and_given_up(
    settings: Settings, ann: FakeChat
) -> None:
    notes = Notes(failing={"first": ATTEMPTS})
    async with redis_of(settings) as redis:
        await redis.client.hset(redis.key("updates", "claim:1001"), "attempts", str(ATTEMPTS - 1))
    async with client(build_application(settings, [notes.feature()])) as connected:
        reply = await ann.ask("first")
        assert str(reply.text).startswith("That does not work at the moment.")
        ann.send_text("second")

        async def done() -> bool:
            return notes.texts[1001] == ["second"]

        await wait_until(done, what="the next one")
        assert "bot_updates_dropped_total 1.0" in (await connected.get("/metrics")).text


async def test_what_can_not_be_read_holds_nothing_up(settings: Settings, ann: FakeChat) -> None:
    notes = Notes()
    async with redis_of(settings) as redis:
        inbox = Inbox(redis, claim_seconds=1, waiting=1)
        await inbox.accept([Incoming(update_id=1, person=1001, body="{}")])
    async with client(build_application(settings, [notes.feature()])):
        ann.send_text("hello")

        async def done() -> bool:
            return notes.count() == 1

        await wait_until(done, what="the next one")


async def test_an_album_is_handled_as_one(settings: Settings, ann: FakeChat) -> None:
    notes = Notes()
    async with client(build_application(settings, [notes.feature()])):
        sent = ann.send_album(
            [Photo(content=b"one"), Photo(content=b"two"), Photo(content=b"three")]
        )

        async def done() -> bool:
            return bool(notes.albums)

        await wait_until(done, what="the album")
    assert notes.albums == [[each.message_id for each in sent]]


async def test_what_a_stopped_process_had_in_flight_is_handled_by_the_next(
    settings: Settings, ann: FakeChat
) -> None:
    notes, impatient = Notes(), settings.model_copy(update={"shutdown_grace_seconds": 0})
    notes.going.clear()
    async with client(build_application(impatient, [notes.feature()])):
        ann.send_text("hello")

        async def in_flight() -> bool:
            return bool(notes.in_flight)

        await wait_until(in_flight, what="the handler")
    notes.going.set()
    async with client(build_application(settings, [notes.feature()])):

        async def done() -> bool:
            return notes.count() == 1

        await wait_until(done, what="the next process")
    await asyncio.sleep(0)
    assert notes.texts[1001] == ["hello"]


async def test_everything_that_is_kept_has_a_lifetime(settings: Settings, ann: FakeChat) -> None:
    notes = Notes()
    notes.going.clear()
    async with client(build_application(settings, [notes.feature()])):
        for text in ("one", "two"):
            ann.send_text(text)

        async def in_flight() -> bool:
            return bool(notes.in_flight)

        await wait_until(in_flight, what="the handler")
        lifetimes = await lifetimes_of(settings, "*")
        notes.going.set()
    # Who waits is a list that empties itself.
    assert {key for key, seconds in lifetimes.items() if seconds < 0} == {"updates:due"}
    assert {"updates:queue:1001", "updates:claim:1001", "poller:42"} <= set(lifetimes)
