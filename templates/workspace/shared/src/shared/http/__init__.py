"""One typed client per service that this one calls."""

from shared.http.balancing import BalancedTransport
from shared.http.client import ApiClient
from shared.http.data_service import API_KEY_HEADER, DataServiceClient
from shared.http.metrics import ClientMetrics
from shared.http.options import CallOptions
from shared.http.patience import Retries, Timeouts
from shared.http.resources import CLIENT_METRICS, data_service_resource
from shared.http.settings import DataServiceSettings
from shared.http.target import Target

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
