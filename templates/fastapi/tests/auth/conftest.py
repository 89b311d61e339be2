"""A service over a data service with users, whose messages arrive in an inbox."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import pytest
from httpx2 import ASGITransport, AsyncClient
from typing_extensions import override

from app import redis
from app.application import build_application
from app.auth.messages import Messenger
from app.features import FEATURES, Settings
from shared.asgi import Message, Receive, Scope, Send
from shared.contracts.accounts import AccountMessage
from shared.errors import UnavailableError
from shared.testing import client
from shared.testing.provider import Provider
from shared.web import Feature, Service
from tests.support.access import replacing
from tests.support.users import FakeUsers, serve_users


class Inbox(Messenger):
    """Keeps the messages; a test may have it be away."""

    def __init__(self) -> None:
        self.messages: list[AccountMessage] = []
        self.keys: set[str] = set()
        self.is_away = False

    @override
    def check(self) -> None:
        """Take messages at any time."""

    @override
    async def send(self, message: AccountMessage, key: str | None = None) -> None:
        """Keep a message, once for a key."""
        if self.is_away:
            raise UnavailableError("away")
        if key is None or key not in self.keys:
            self.messages.append(message)
            self.keys |= {key} if key else set()

    def take(self) -> list[tuple[str, str]]:
        """Return the kinds and addresses of what came since the last time."""
        taken: list[tuple[str, str]] = [(each.kind, each.email) for each in self.messages]
        self.messages.clear()
        return taken

    def take_token(self, kind: str) -> str:
        """Return the token of the only message that came since the last time."""
        [message] = self.messages
        assert message.kind == kind
        self.messages.clear()
        return message.token or ""


@pytest.fixture(autouse=True)
def _redis_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a busy machine's late answers count: the service gives Redis half a second."""
    monkeypatch.setattr(redis, "TIMEOUT_SECONDS", 60)


@pytest.fixture(autouse=True)
def users(provider: Provider) -> FakeUsers:
    """Return the users of the data service."""
    return serve_users(provider)


@pytest.fixture
def inbox() -> Inbox:
    """Return where the messages arrive."""
    return Inbox()


@pytest.fixture
def features(inbox: Inbox) -> Iterable[Feature]:
    """Return the features, with the inbox."""
    return replacing(Messenger, inbox, FEATURES)


@pytest.fixture
async def api(settings: Settings, features: Iterable[Feature]) -> AsyncIterator[AsyncClient]:
    """Yield a client of the service."""
    async with client(build_application(settings, features)) as connected:
        yield connected


@asynccontextmanager
async def watched(
    app: Service, provider: Provider
) -> AsyncIterator[tuple[AsyncClient, list[list[str]]]]:
    """Yield a client, and what the data service had been asked for when each answer began."""
    before_answers: list[list[str]] = []

    async def watching(scope: Scope, receive: Receive, send: Send) -> None:
        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                before_answers.append(list(provider.calls))
            await send(message)

        await app(scope, receive, noting)

    transport = ASGITransport(watching)
    async with AsyncClient(transport=transport, base_url="http://service") as connected:
        yield connected, before_answers
