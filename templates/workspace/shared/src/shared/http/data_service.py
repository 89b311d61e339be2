"""The client of the data service that a service is linked to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.budget import Budget, budget_scope
from shared.http.client import ApiClient
from shared.http.target import Target

if TYPE_CHECKING:
    from shared.http.settings import DataServiceSettings

API_KEY_HEADER = "X-API-Key"


class DataServiceClient(ApiClient):
    """Calls the linked data service with the link's own key."""

    async def ping(self) -> None:
        """Raise UnavailableError unless the data service's process lives."""
        # Whoever asks asks again; retries would only make it wait.
        with budget_scope(Budget(retries=0)):
            await self.get("/health", into=object)


def data_service_target(settings: DataServiceSettings) -> Target:
    """Return the target that the settings name."""
    return Target(
        name="data-service",
        base_url=settings.data_service_url,
        headers={API_KEY_HEADER: settings.data_service_api_key.get_secret_value()},
    )
