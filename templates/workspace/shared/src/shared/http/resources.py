"""The clients of a process as resources, for the features that need them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry

from shared.http.data_service import DataServiceClient, data_service_target
from shared.http.metrics import ClientMetrics
from shared.lifecycle import Resource, Resources

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.http.settings import DataServiceSettings


CLIENT_METRICS = Resource(
    provides=ClientMetrics,
    factory=lambda resources: ClientMetrics(resources.get(CollectorRegistry)),
    requires=(CollectorRegistry,),
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
