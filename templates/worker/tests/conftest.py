"""One fake data service, one Redis and one broker for the run; for each test new keys."""

import shutil
from collections.abc import AsyncIterator, Iterator, Mapping

import pytest
from httpx2 import AsyncClient

from app.application import build_application
from app.features import Settings
from shared.messaging.publishing import Messaging
from shared.settings import environment_names, load_settings
from shared.testing import client, log_plainly, set_environment
from shared.testing.provider import Provider, serving
from shared.testing.servers import server_urls
from tests.support.environment import BLOBS, variables
from tests.support.processes import ROOT
from tests.support.sender import sender_of

pytest_plugins = ["shared.testing.limits"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests and fixtures on asyncio."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _tracebacks_are_plain() -> None:
    log_plainly()


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
def settings(
    serving_provider: tuple[Provider, str],
    provider: Provider,
    urls: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Settings:
    """Return settings with Redis keys of their own; the environment says the same."""
    assert provider is serving_provider[0]
    set_environment(monkeypatch, Settings, **variables(serving_provider[1], urls))
    return load_settings(Settings)


@pytest.fixture
async def worker(settings: Settings) -> AsyncIterator[AsyncClient]:
    """Yield a client of the service, which works meanwhile."""
    async with client(build_application(settings)) as connected:
        yield connected


@pytest.fixture
async def sender(settings: Settings) -> AsyncIterator[Messaging]:
    """Yield what gives the service tasks and tells it events."""
    async with sender_of(settings) as opened:
        yield opened
