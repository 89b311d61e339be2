"""A service in which everybody may do everything with users."""

from collections.abc import AsyncIterator

import pytest
from httpx2 import AsyncClient

from app.features import Settings
from shared.testing import client
from shared.testing.provider import Provider
from tests.support.users import FakeUsers, serve_users
from tests.users.examples import open_to_all


@pytest.fixture
def users(provider: Provider) -> FakeUsers:
    """Return the users of the data service."""
    return serve_users(provider)


@pytest.fixture
async def api(settings: Settings, users: FakeUsers) -> AsyncIterator[AsyncClient]:
    """Yield a client of the service in which everybody may do everything with users."""
    assert users.records == {}
    async with client(open_to_all(settings)) as connected:
        yield connected
