"""One typed client per service that this one calls."""

from shared.http.balancing import BalancedTransport
from shared.http.calls import CallOptions
from shared.http.client import ApiClient
from shared.http.data_service import (
    API_KEY_HEADER,
    DataServiceClient,
    data_service_resource,
)
from shared.http.metrics import CLIENT_METRICS, ClientMetrics
from shared.http.settings import DataServiceSettings
from shared.http.target import Retries, Target, Timeouts

__all__ = [
    "API_KEY_HEADER",
    "CLIENT_METRICS",
    "ApiClient",
    "BalancedTransport",
    "CallOptions",
    "ClientMetrics",
    "DataServiceClient",
    "DataServiceSettings",
    "Retries",
    "Target",
    "Timeouts",
    "data_service_resource",
]
