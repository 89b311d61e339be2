"""One fake data service and one Redis for the run; for each test new keys and a new Telegram."""

import shutil
from collections.abc import AsyncIterator, Iterator, Mapping

import pytest
from aiogram.client.session.aiohttp import AiohttpSession
from httpx2 import AsyncClient

from app.application import build_application
from app.features import Settings
from shared.settings import environment_names, load_settings
from shared.testing import client, log_plainly, set_environment
from shared.testing.provider import Provider, serving
from shared.testing.servers import server_urls
from shared.testing.telegram import FakeBot, FakeChat, FakeTelegram
from tests.support.environment import BLOBS, TOKEN, variables
from tests.support.people import People, people_of
from tests.support.processes import ROOT

pytest_plugins = ["shared.testing.limits"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests and fixtures on asyncio."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _tracebacks_are_plain() -> None:
    log_plainly()


@pytest.fixture(autouse=True)
def _sessions_close_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the quarter of a second that aiogram gives TLS, which is not used here."""

    async def close(session: AiohttpSession) -> None:
        if session._session is not None:
            await session._session.close()

    monkeypatch.setattr(AiohttpSession, "close", close)


@pytest.fixture(scope="session", autouse=True)
def _no_blobs_are_left() -> Iterator[None]:
    yield
    shutil.rmtree(BLOBS, ignore_errors=True)


@pytest.fixture(scope="session")
def urls() -> Iterator[Mapping[str, str]]:
    """Yield the URL of each server that the service uses, by its variable."""
    with server_urls(*environment_names(Settings)) as found:
        yield found


@pytest.fixture(scope="session")
async def serving_provider() -> AsyncIterator[tuple[Provider, str]]:
    """Yield the fake data service and its URL; use `provider`."""
    provider = Provider(ROOT)
    async with serving(provider) as url:
        yield provider, url


@pytest.fixture
def provider(serving_provider: tuple[Provider, str]) -> Iterator[Provider]:
    """Yield the data service as new; what breaks its contract fails the test."""
    provider, _ = serving_provider
    provider.reset()
    yield provider
    assert provider.findings == []


@pytest.fixture
def people(provider: Provider) -> People:
    """Return the users of the data service."""
    return people_of(provider)


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    """Yield a Telegram without anybody in it."""
    async with FakeTelegram() as served:
        yield served


@pytest.fixture
def fake_bot(telegram: FakeTelegram) -> FakeBot:
    """Return what Telegram knows of the bot."""
    return telegram.bot(TOKEN)


@pytest.fixture
def ann(fake_bot: FakeBot) -> FakeChat:
    """Return the chat of somebody who speaks English."""
    return fake_bot.chat(1001, first_name="Ann", language_code="en")


@pytest.fixture
def settings(
    serving_provider: tuple[Provider, str],
    people: People,
    telegram: FakeTelegram,
    urls: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Settings:
    """Return settings with Redis keys of their own; the environment says the same."""
    assert people.records == {}
    given = variables(serving_provider[1], telegram.url, urls)
    set_environment(monkeypatch, Settings, **given)
    return load_settings(Settings)


@pytest.fixture
async def bot(settings: Settings) -> AsyncIterator[AsyncClient]:
    """Yield a client of the service, which answers people meanwhile."""
    async with client(build_application(settings)) as connected:
        yield connected
