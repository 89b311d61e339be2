"""The one client of the data service, open as long as the process runs."""

from app.settings import ApiSettings
from shared.http import CLIENT_METRICS, data_service_resource
from shared.web import Feature

DATA_SERVICE = data_service_resource(ApiSettings)

feature = Feature(name="data-service", resources=(CLIENT_METRICS, DATA_SERVICE))
