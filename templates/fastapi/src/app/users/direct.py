"""Users straight from the data service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.changes import Changes
from app.data_service import DATA_SERVICE
from app.users.gateway import DataServiceUsers
from app.users.service import Users
from shared.http import CLIENT_METRICS, DataServiceClient
from shared.lifecycle import Resource, Resources
from shared.web import Feature


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[Users]:
    """Use the data service's client."""
    yield Users(DataServiceUsers(resources.get(DataServiceClient), resources.get(Changes)))


SERVICE = Resource(provides=Users, open=opened, requires=(DataServiceClient, Changes))

feature = Feature(name="users-direct", resources=(CLIENT_METRICS, DATA_SERVICE, SERVICE))
