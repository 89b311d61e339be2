"""Updates are sent to a webhook until they are taken."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiohttp import web

from shared.testing.waiting import Changes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiogram import Bot

    from shared.testing.telegram import FakeBot, FakeChat


@dataclass
class Hook:
    """A webhook that answers by a plan: statuses, oldest first, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    in_hand: int = 0
    most: int = 0
    gate: anyio.Event = field(default_factory=anyio.Event)
    changes: Changes = field(default_factory=Changes)

    async def handle(self, request: web.Request) -> web.Response:
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.in_hand += 1
        self.most = max(self.most, self.in_hand)
        self.changes.notify()
        await self.gate.wait()
        self.in_hand -= 1
        self.received.append(await request.json())
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    async def wait_for(self, requests: int) -> None:
        await self.changes.wait_until(
            lambda: self.in_hand == requests, timeout_seconds=10, what=f"{requests} requests"
        )

    def texts(self) -> list[str]:
        return [each["message"]["text"] for each in self.received]


@asynccontextmanager
async def serving(hook: Hook) -> AsyncIterator[None]:
    app = web.Application()
    app.router.add_post("/hook", hook.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield
    hook.gate.set()
    await runner.cleanup()


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    hook = Hook()
    async with serving(hook):
        yield hook


async def test_a_webhook_gets_updates_with_its_secret_and_ends_polling(
    bot: Bot, fake: FakeBot, chat: FakeChat, hook: Hook
) -> None:
    chat.send_text("before")
    hook.gate.set()

    await bot.set_webhook(hook.url, secret_token="s-3_cret")
    chat.send_text("after")
    await fake.wait_until(lambda: fake.pending == 0)

    assert hook.texts() == ["before", "after"]
    assert hook.secrets == ["s-3_cret", "s-3_cret"]
    with pytest.raises(TelegramConflictError, match="while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == []


async def test_what_a_webhook_does_not_take_is_sent_again_and_reported(
    bot: Bot, fake: FakeBot, chat: FakeChat, hook: Hook
) -> None:
    hook.statuses = [500, 302]
    hook.gate.set()
    await bot.set_webhook(hook.url, max_connections=7)

    chat.send_text("hello")
    await fake.wait_until(lambda: fake.pending == 0)

    assert hook.texts() == ["hello"] * 3
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections, info.pending_update_count) == (hook.url, 7, 0)
    assert info.last_error_message == "Wrong response from the webhook: 302 Found"
    await bot.delete_webhook()


async def test_a_webhook_that_is_away_keeps_the_updates(
    bot: Bot, fake: FakeBot, chat: FakeChat, hook: Hook
) -> None:
    await bot.set_webhook("http://127.0.0.1:9/nobody")
    chat.send_text("hello")
    await fake.wait_until(lambda: fake.webhook.last_error_message)
    assert fake.pending == 1

    hook.gate.set()
    await bot.set_webhook(hook.url)
    await fake.wait_until(lambda: fake.pending == 0)

    assert hook.texts() == ["hello"]
    await bot.delete_webhook()


async def test_one_update_of_a_person_is_in_hand_and_several_people_side_by_side(
    bot: Bot, fake: FakeBot, hook: Hook
) -> None:
    people = [fake.chat(number) for number in range(1, 4)]
    for text in ("one", "two"):
        for person in people:
            person.send_text(text)

    await bot.set_webhook(hook.url)
    await hook.wait_for(3)
    hook.gate.set()
    await fake.wait_until(lambda: fake.pending == 0)

    assert hook.most == 3
    for person in people:
        mine = [e for e in hook.received if e["message"]["from"]["id"] == person.user.id]
        assert [each["message"]["text"] for each in mine] == ["one", "two"]
    await bot.delete_webhook()


async def test_no_more_connections_than_asked_for(bot: Bot, fake: FakeBot, hook: Hook) -> None:
    for number in range(1, 6):
        fake.chat(number).send_text("hello")

    await bot.set_webhook(hook.url, max_connections=2)
    await hook.wait_for(2)
    hook.gate.set()
    await fake.wait_until(lambda: fake.pending == 0)

    assert hook.most == 2
    await bot.delete_webhook()


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://example.com/hook", "An HTTPS URL must be provided for webhook"),
        ("ftp://127.0.0.1/hook", "An HTTPS URL must be provided for webhook"),
        ("https://example.com:5000/hook", "only on ports 80, 88, 443 or 8443"),
        ("https://example.com:port/hook", "invalid webhook URL specified"),
    ],
)
async def test_a_webhook_needs_https_and_a_usual_port(bot: Bot, url: str, complaint: str) -> None:
    with pytest.raises(TelegramBadRequest, match=complaint):
        await bot.set_webhook(url)


async def test_a_webhook_outside_is_kept_with_its_settings(bot: Bot, chat: FakeChat) -> None:
    chat.send_text("hello")
    with pytest.raises(TelegramBadRequest, match="unallowed characters"):
        await bot.set_webhook("https://example.invalid/hook", secret_token="no spaces")

    await bot.set_webhook(
        "https://example.invalid/hook", allowed_updates=["message"], drop_pending_updates=True
    )

    info = await bot.get_webhook_info()
    assert (info.allowed_updates, info.pending_update_count) == (["message"], 0)
    await bot.delete_webhook()
