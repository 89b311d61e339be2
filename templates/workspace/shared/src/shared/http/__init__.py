"""One typed client per service that this one calls."""

from shared.http.client import (
    API_KEY_HEADER,
    CLIENT_METRICS,
    ApiClient,
    DataServiceClient,
    data_service_resource,
)
from shared.http.request import CallOptions
from shared.http.sender import ClientMetrics
from shared.http.settings import (
    DataServiceSettings,
    ProxySettings,
    Retries,
    Target,
    Timeouts,
)

__all__ = [
    "API_KEY_HEADER",
    "CLIENT_METRICS",
    "ApiClient",
    "CallOptions",
    "ClientMetrics",
    "DataServiceClient",
    "DataServiceSettings",
    "ProxySettings",
    "Retries",
    "Target",
    "Timeouts",
    "data_service_resource",
]
