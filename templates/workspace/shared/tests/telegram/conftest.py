"""Fixtures: one Telegram for all tests, a bot of its own for each."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from shared.testing.telegram import FakeTelegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.testing.telegram import FakeBot, FakeChat

_NUMBERS = count(1)


@pytest.fixture(scope="session")
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(backoff_seconds=0.01) as serving:
        yield serving


@pytest.fixture(scope="session")
async def session(telegram: FakeTelegram) -> AsyncIterator[AiohttpSession]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))
    yield session
    await session.close()


@pytest.fixture
def fake(telegram: FakeTelegram) -> FakeBot:
    return telegram.bot(f"{next(_NUMBERS)}:TEST")


@pytest.fixture
def bot(fake: FakeBot, session: AiohttpSession) -> Bot:
    return Bot(fake.token, session=session)


@pytest.fixture
def chat(fake: FakeBot) -> FakeChat:
    return fake.chat(1001, first_name="Ann", language_code="en")
