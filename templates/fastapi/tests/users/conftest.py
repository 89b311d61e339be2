from collections.abc import AsyncIterator

import pytest
from httpx2 import AsyncClient

from app import users
from app.application import build_application
from app.features import FEATURES, Settings
from shared.testing import client
from tests.support.people import People, people_of
from tests.support.provider import Provider


@pytest.fixture
def people(provider: Provider) -> People:
    """Return the users of the data service."""
    return people_of(provider)


@pytest.fixture
async def api(settings: Settings, people: People) -> AsyncIterator[AsyncClient]:
    """Yield a client of the service in which everybody may do everything with users."""
    assert people.records == {}
    name = users.feature.name
    opened = [users.feature if each.name == name else each for each in FEATURES]
    async with client(build_application(settings, features=opened)) as connected:
        yield connected
