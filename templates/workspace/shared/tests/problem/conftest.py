"""An application with a route for every kind of failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.testing import client
from tests.support.applications import failing_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx2

    from shared.settings import ServiceSettings


@pytest.fixture
async def http(settings: ServiceSettings) -> AsyncIterator[httpx2.AsyncClient]:
    async with client(failing_app(settings), headers={"X-Request-ID": "id-1"}) as connected:
        yield connected
