"""Whoever writes for the first time becomes a user, once."""

import asyncio

import pytest
from httpx2 import AsyncClient

from shared.testing.provider import Provider, answering
from shared.testing.telegram import FakeBot, FakeChat
from tests.support.people import People

pytestmark = pytest.mark.usefixtures("bot")


async def test_somebody_new_becomes_a_user_and_is_welcomed(ann: FakeChat, people: People) -> None:
    reply = await ann.ask("/start")
    assert reply.text == "Welcome, Ann! /help says what I can do."
    [user] = people.records.values()
    assert (user["telegram_id"], user["name"]) == (1001, "Ann")
    reply = await ann.ask("/start")
    assert reply.text == "Good to see you again, Ann. /help says what I can do."
    assert len(people.records) == 1


async def test_the_first_link_that_somebody_came_by_is_kept(ann: FakeChat) -> None:
    assert "link spring-24." in str((await ann.ask("/start spring-24")).text)
    assert "link spring-24." in str((await ann.ask("/start autumn")).text)
    assert "link spring-24." in str((await ann.ask("/start")).text)


async def test_whoever_was_made_a_user_meanwhile_is_found(ann: FakeChat, people: People) -> None:
    people.before.append(lambda: people.add(telegram_id=1001, name="Ann of old"))
    assert "Good to see you again, Ann of old" in str((await ann.ask("/start")).text)
    assert len(people.records) == 1


async def test_a_name_that_is_markup_or_nothing_does_no_harm(
    fake_bot: FakeBot, people: People
) -> None:
    hostile = fake_bot.chat(1002, first_name="<script>&\u202e")
    assert "Welcome, <script>&!" in str((await hostile.ask("/start")).text)
    nobody = fake_bot.chat(1003, first_name="\u200b")
    assert "Welcome, Telegram 1003!" in str((await nobody.ask("/start")).text)
    assert len(people.records) == 2


async def test_somebody_deactivated_is_told_so(ann: FakeChat, people: People) -> None:
    people.add(telegram_id=1001, is_active=False)
    assert (await ann.ask("/start")).text == "Your account is deactivated."


async def test_while_the_data_service_is_away_people_are_told(
    ann: FakeChat, people: People, provider: Provider
) -> None:
    provider.fault = answering(503)
    assert "does not work at the moment" in str((await ann.ask("/start")).text)
    provider.fault = None
    assert "Welcome, Ann!" in str((await ann.ask("/start")).text)
    assert len(people.records) == 1


async def test_many_at_once_are_each_welcomed(fake_bot: FakeBot, people: People) -> None:
    chats = [fake_bot.chat(5000 + number, first_name=f"P{number}") for number in range(50)]
    # Of fifty on a busy machine the last one waits.
    replies = await asyncio.gather(*(chat.ask("/start", timeout_seconds=60) for chat in chats))
    for number, reply in enumerate(replies):
        assert f"Welcome, P{number}!" in str(reply.text)
    assert len(people.records) == 50


async def test_everybody_is_spoken_to_in_their_language(
    fake_bot: FakeBot, bot: AsyncClient
) -> None:
    assert (await bot.get("/health")).status_code == 200
    hans = fake_bot.chat(1004, first_name="Hans", language_code="de-AT")
    assert "Willkommen, Hans!" in str((await hans.ask("/start")).text)
