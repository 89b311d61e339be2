"""A client of the service in this process."""

from collections.abc import AsyncIterator

import pytest
from httpx2 import AsyncClient

from app.features import FEATURES
from shared.settings import ServiceSettings, load_settings
from shared.testing import client, set_environment
from shared.web import create_app


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio."""
    return "asyncio"


@pytest.fixture
async def api(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncClient]:
    """Yield a client; nothing listens."""
    set_environment(monkeypatch, ServiceSettings, SERVICE_NAME="daily-rates")
    app = create_app(settings=load_settings(ServiceSettings), features=FEATURES)
    async with client(app) as connected:
        yield connected
