"""The one client of the data service, open as long as the process runs."""

from typing import Any

from app.settings import BotSettings
from shared.http import CLIENT_METRICS, data_service_resource
from shared.lifecycle import Resource

DATA_SERVICE: tuple[Resource[Any], ...] = (CLIENT_METRICS, data_service_resource(BotSettings))
