"""A service in which everybody may do everything with users."""

from collections.abc import AsyncIterator

import pytest
from httpx2 import AsyncClient

from app.features import Settings
from shared.testing import client
from shared.testing.provider import Provider
from tests.support.people import People, people_of
from tests.users.examples import open_to_all


@pytest.fixture
def people(provider: Provider) -> People:
    """Return the users of the data service."""
    return people_of(provider)


@pytest.fixture
async def api(settings: Settings, people: People) -> AsyncIterator[AsyncClient]:
    """Yield a client of the service in which everybody may do everything with users."""
    assert people.records == {}
    async with client(open_to_all(settings)) as connected:
        yield connected
