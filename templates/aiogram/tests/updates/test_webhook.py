"""Telegram sends updates to any of several processes, and proves that it is Telegram."""

from asyncio import gather
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count

import pytest
from httpx2 import AsyncClient

from app.application import build_application
from app.features import Settings
from shared.asgi import App, Receive, Scope, Send
from shared.testing import client
from shared.testing.provider import serving
from shared.testing.telegram import FakeBot

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
PATH = "/telegram/webhook"
UPDATE = {
    "update_id": 900,
    "message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "group"}},
}


@pytest.fixture
def hooked(settings: Settings) -> Settings:
    """Return settings of a bot with a webhook that nobody calls."""
    update = {"bot_mode": "webhook", "webhook_url": "http://127.0.0.1:9/telegram/webhook"}
    return settings.model_copy(update=update)


@pytest.fixture
async def called(hooked: Settings) -> AsyncIterator[AsyncClient]:
    """Yield a client that may be Telegram or not."""
    async with client(build_application(hooked)) as connected:
        yield connected


@pytest.mark.parametrize("secret", [None, b"", b"wrong", "ü".encode()])
async def test_whoever_does_not_have_the_secret_is_refused(
    secret: bytes | None, called: AsyncClient
) -> None:
    headers = {} if secret is None else {SECRET_HEADER.encode(): secret}
    answer = await called.post(PATH, json=UPDATE, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"


async def test_what_is_no_update_is_refused(called: AsyncClient, hooked: Settings) -> None:
    headers = {SECRET_HEADER: hooked.webhook_secret}
    answer = await called.post(PATH, content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")
    assert (await called.post(PATH, json=UPDATE, headers=headers)).status_code == 200


async def test_telegram_sends_to_any_of_two_processes(
    settings: Settings, fake_bot: FakeBot
) -> None:
    apps: list[App] = []
    turns = count()

    async def balanced(scope: Scope, receive: Receive, send: Send) -> None:
        await apps[next(turns) % len(apps)](scope, receive, send)

    async with serving(balanced) as url, AsyncExitStack() as stack:
        update = {"bot_mode": "webhook", "webhook_url": f"{url}{PATH}"}
        hooked = settings.model_copy(update=update)
        replicas = [build_application(hooked), build_application(hooked)]
        apps += replicas
        clients = [await stack.enter_async_context(client(app)) for app in replicas]
        assert [(await each.get("/ready")).status_code for each in clients] == [200, 200]
        await fake_bot.wait_until(lambda: fake_bot.webhook.url == f"{url}{PATH}")
        chats = [fake_bot.chat(3000 + number, first_name=f"P{number}") for number in range(20)]
        replies = await gather(*(chat.ask("/help") for chat in chats))
        assert all("What I can do" in str(reply.text) for reply in replies)
        assert fake_bot.pending == 0
    # It stays, so that Telegram keeps what comes while nobody runs.
    assert fake_bot.webhook.url
    assert next(turns) >= len(chats)
