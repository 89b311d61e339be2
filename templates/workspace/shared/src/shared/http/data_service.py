"""The client of the data service that a service is linked to."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from shared.http.client import ApiClient
from shared.http.metrics import ClientMetrics
from shared.http.target import Target
from shared.lifecycle import Resource, Resources

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.http.settings import DataServiceSettings

API_KEY_HEADER = "X-API-Key"


class DataServiceClient(ApiClient):
    """Calls the linked data service with the link's own key."""

    async def ping(self) -> None:
        """Raise UnavailableError unless the data service's process lives."""
        await self.get("/health", into=object)


def data_service_target(settings: DataServiceSettings) -> Target:
    """Return the target that the settings name."""
    return Target(
        name="data-service",
        base_url=settings.data_service_url,
        headers={API_KEY_HEADER: settings.data_service_api_key.get_secret_value()},
    )


def data_service_resource(settings: type[DataServiceSettings]) -> Resource[DataServiceClient]:
    """Return the client as a resource, for a service whose settings are of this class."""

    @asynccontextmanager
    async def opened(resources: Resources) -> AsyncIterator[DataServiceClient]:
        target = data_service_target(resources.get(settings))
        metrics = resources.get(ClientMetrics)
        async with DataServiceClient(target, metrics=metrics) as client:
            yield client

    return Resource(
        provides=DataServiceClient,
        open=opened,
        requires=(settings, ClientMetrics),
        ping=DataServiceClient.ping,
    )
