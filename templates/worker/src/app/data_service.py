"""The one client of the data service, open as long as the process runs."""

from app.feature import WorkFeature
from app.settings import WorkerSettings
from shared.http import CLIENT_METRICS, data_service_resource

DATA_SERVICE = (CLIENT_METRICS, data_service_resource(WorkerSettings))

feature = WorkFeature(name="data-service", resources=DATA_SERVICE)
