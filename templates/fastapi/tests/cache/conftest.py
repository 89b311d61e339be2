from collections.abc import AsyncIterator

import pytest

from app.cache.leases import Leases
from app.features import Settings
from app.redis import STORE, RedisSettings, Store
from shared.lifecycle import Resources


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    """Yield an opened Redis."""
    async with STORE.open(Resources({RedisSettings: settings})) as opened:
        yield opened


@pytest.fixture
def leases(store: Store) -> Leases:
    """Return values and leases that last for a minute."""
    return Leases(store, ttl_seconds=60)
