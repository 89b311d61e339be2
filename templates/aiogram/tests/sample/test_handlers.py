"""A handler answers whoever writes."""

import pytest

from shared.testing.telegram import FakeBot

pytestmark = pytest.mark.usefixtures("bot")


async def test_somebody_is_greeted_by_name_and_in_their_language(fake_bot: FakeBot) -> None:
    ann = fake_bot.chat(1001, first_name="<Ann>", language_code="en")
    assert (await ann.ask("/start")).text == "Hello, <Ann>!"
    hans = fake_bot.chat(1002, first_name="Hans", language_code="de")
    assert (await hans.ask("/start")).text == "Hallo, Hans!"
