"""People see their own files by pages, and nobody else's."""

import pytest

from shared.testing.provider import Provider
from shared.testing.telegram import FakeBot, FakeChat
from tests.support.files import Files, files_of
from tests.support.people import People

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture
def files(provider: Provider) -> Files:
    """Return the files of the data service."""
    return files_of(provider)


def add(files: Files, owner: object, name: str) -> None:
    files.add(
        owner_id=owner,
        name=name,
        size=2048,
        storage_key=name,
        content_type="image/png",
        status="ready",
    )


@pytest.mark.usefixtures("files")
async def test_whoever_has_sent_nothing_is_told_how(ann: FakeChat) -> None:
    assert "You have sent no files yet." in str((await ann.ask("/files")).text)


async def test_files_are_shown_by_pages(ann: FakeChat, files: Files, people: People) -> None:
    owner = people.add(telegram_id=1001)["id"]
    stranger = people.add(telegram_id=1002)["id"]
    for number in range(23):
        add(files, owner, f"{number:02}.png")
    add(files, stranger, "secret.png")
    page = await ann.ask("/files")
    lines = str(page.text).split("\n")
    assert lines[0] == "Your files, the newest first:"
    assert lines[1].startswith("22.png - 2 KiB, 2")
    assert lines[1].endswith(", ready")
    assert len(lines) == 11
    for first, count in (("12.png", 11), ("02.png", 4)):
        press = ann.press(page, "Older")
        await ann.wait_for_answer(press)
        page = await ann.wait_for_reply(f"\n{first}")
        assert len(str(page.text).split("\n")) == count
    await ann.wait_for_answer(ann.press(page, "Newest"))
    page = await ann.wait_for_reply("\n22.png")
    assert len(ann.replies) == 1
    assert not any("secret" in str(each.text) for each in ann.versions(page.message_id))


async def test_a_name_that_is_markup_is_shown_as_it_is(
    fake_bot: FakeBot, files: Files, people: People
) -> None:
    add(files, people.add(telegram_id=1004)["id"], "<b>&amp;\u202egnp")
    hans = fake_bot.chat(1004, first_name="Hans", language_code="de")
    assert "<b>&amp;gnp - 2 KiB" in str((await hans.ask("/files")).text)


async def test_a_button_of_another_time_is_answered(ann: FakeChat) -> None:
    page = await ann.ask("/profile")
    press = ann.press(page, "Change my name")
    assert (await ann.wait_for_answer(press)).text is None
