"""The one client of the data service, open as long as the process runs."""

from typing import Annotated

from fastapi import Depends

from app.settings import ApiSettings
from shared.http import CLIENT_METRICS, DataServiceClient, data_service_resource
from shared.web import Feature, resource

DATA_SERVICE = data_service_resource(ApiSettings)
DataService = Annotated[DataServiceClient, Depends(resource(DataServiceClient))]

feature = Feature(name="data-service", resources=(CLIENT_METRICS, DATA_SERVICE))
