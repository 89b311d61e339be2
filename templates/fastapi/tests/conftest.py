"""One fake data service and one of each server for the run; for each test new keys."""

from collections.abc import AsyncIterator, Iterator, Mapping

import pytest
from httpx2 import AsyncClient

from app.application import build_application
from app.features import FEATURES, Settings
from shared.settings import environment_names, load_settings
from shared.testing import client, log_plainly, set_environment
from shared.testing.provider import Provider, serving
from shared.testing.servers import server_urls
from tests.support.environment import variables
from tests.support.notes import Desk, feature_at
from tests.support.processes import ROOT

pytest_plugins = ["shared.testing.limits"]


@pytest.fixture(autouse=True)
def _tracebacks_are_plain() -> None:
    log_plainly()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests and fixtures on asyncio."""
    return "asyncio"


@pytest.fixture(scope="session")
def urls() -> Iterator[Mapping[str, str]]:
    """Yield the URL of each server that this variant of the service uses, by its variable."""
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
def desk() -> Desk:
    """Return the desk of the tests' own feature."""
    return Desk()


@pytest.fixture
async def api(settings: Settings, desk: Desk) -> AsyncIterator[AsyncClient]:
    """Yield a client of the service, with the tests' own feature on top."""
    app = build_application(settings, features=(*FEATURES, feature_at(desk)))
    async with client(app) as connected:
        yield connected
