"""People see their name and give themselves another one."""

import pytest

from app.features import Settings
from app.profile.handlers import NAME_LIMIT
from shared.testing.telegram import FakeChat
from tests.support.keys import lifetimes_of
from tests.support.people import People

pytestmark = pytest.mark.usefixtures("bot")


async def begin(chat: FakeChat) -> None:
    shown = await chat.ask("/profile")
    press = chat.press(shown, "Change my name")
    await chat.wait_for_answer(press)
    await chat.wait_for_reply("What shall I call you?", after=shown)


async def test_a_name_is_changed(ann: FakeChat, people: People) -> None:
    await begin(ann)
    assert (await ann.ask("  Anna <b>\n Lee ")).text == "From now on you are Anna <b> Lee."
    assert [user["name"] for user in people.records.values()] == ["Anna <b> Lee"]
    assert (await ann.ask("/profile")).text == "Your name here is Anna <b> Lee."
    # The dialogue is over.
    assert "I don't understand" in str((await ann.ask("Bea")).text)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("\u202e\u200b", "no name I could show"),
        ("😀" * 4096, f"no more than {NAME_LIMIT} characters"),
    ],
)
async def test_a_name_that_is_none_is_asked_for_again(
    name: str, reason: str, ann: FakeChat, people: People
) -> None:
    await begin(ann)
    ann.send_text(name)
    await ann.wait_for_reply(reason)
    assert (await ann.ask("Bea")).text == "From now on you are Bea."
    assert [user["name"] for user in people.records.values()] == ["Bea"]


async def test_cancel_leaves_it_as_it_is(ann: FakeChat, people: People) -> None:
    assert (await ann.ask("/cancel")).text == "There is nothing to cancel."
    await begin(ann)
    assert (await ann.ask("/cancel")).text == "Cancelled."
    assert "I don't understand" in str((await ann.ask("Bea")).text)
    assert [user["name"] for user in people.records.values()] == ["Ann"]


async def test_a_change_by_somebody_else_is_not_lost(ann: FakeChat, people: People) -> None:
    await begin(ann)
    [user] = people.records.values()
    people.before.append(lambda: user.update(email="ann@example.com", version=2))
    assert (await ann.ask("Bea")).text == "From now on you are Bea."
    assert (user["name"], user["email"], user["version"]) == ("Bea", "ann@example.com", 3)


async def test_a_dialogue_has_a_lifetime(ann: FakeChat, settings: Settings) -> None:
    await begin(ann)
    lifetimes = await lifetimes_of(settings, "dialogue*")
    assert lifetimes
    assert all(0 < seconds <= settings.dialogue_seconds for seconds in lifetimes.values())
