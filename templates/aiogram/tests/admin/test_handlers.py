"""Administrators see what happens, and to others their commands do not exist."""

import pytest

from shared.testing.telegram import FakeBot, FakeChat
from tests.support.environment import ADMIN

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture
def admin(fake_bot: FakeBot) -> FakeChat:
    """Return the chat of an administrator."""
    return fake_bot.chat(ADMIN, first_name="Root", language_code="en")


@pytest.mark.parametrize("command", ["/stats", "/broadcast hello"])
async def test_to_others_the_commands_do_not_exist(
    command: str, ann: FakeChat, admin: FakeChat
) -> None:
    assert "I don't understand that" in str((await ann.ask(command)).text)
    assert "I don't understand that" not in str((await admin.ask(command)).text)


async def test_help_and_the_menu_list_what_each_may_do(
    ann: FakeChat, admin: FakeChat, fake_bot: FakeBot
) -> None:
    assert "/stats" not in str((await ann.ask("/help")).text)
    assert "/stats - what happens here today" in str((await admin.ask("/help")).text)
    await fake_bot.wait_until(lambda: len(fake_bot.called("setMyCommands")) == 3)
    for_everyone, in_german, for_admin = fake_bot.called("setMyCommands")
    assert "stats" not in str(for_everyone.method)
    assert "was ich kann" in str(in_german.method)
    assert "stats" in str(for_admin.method)


async def test_todays_numbers_are_shown(ann: FakeChat, admin: FakeChat) -> None:
    for _ in range(3):
        await ann.ask("/help")
    text = str((await admin.ask("/stats")).text)
    assert "updates: 4" in text
    assert "people: 2" in text
    assert "waiting now: 1" in text


async def test_a_button_that_was_passed_on_works_for_nobody_else(
    ann: FakeChat, admin: FakeChat, fake_bot: FakeBot
) -> None:
    draft = await admin.ask("/broadcast hello")
    asked = await ann.ask("/profile")
    press = ann.press(asked, "Change my name")
    await ann.wait_for_answer(press)
    assert draft.reply_markup is not None
    assert len(fake_bot.called("sendMessage", chat_id=1001)) >= 1


async def test_a_draft_is_sent_only_by_the_button(admin: FakeChat, ann: FakeChat) -> None:
    assert "/broadcast Hello!" in str((await admin.ask("/broadcast")).text)
    draft = await admin.ask("/broadcast <b>Hello & welcome")
    assert draft.text == "Everybody gets this:\n\n<b>Hello & welcome"
    await admin.wait_for_answer(admin.press(draft, "Discard it"))
    await admin.wait_for_reply("Discarded: nobody gets it.")
    await admin.wait_for_answer(admin.press(draft, "Send it to everybody"))
    await admin.wait_for_reply("I no longer have the text.")
    assert ann.replies == []
