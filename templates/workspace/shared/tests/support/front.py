"""A service that asks another one, which the data service's settings name; a process of its own."""

from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends

from shared.http import (
    CLIENT_METRICS,
    DataServiceClient,
    DataServiceSettings,
    data_service_resource,
)
from shared.log import configure_logging
from shared.server import serve
from shared.settings import ServiceSettings, exit_on_configuration_error, load_settings
from shared.testing import set_environment
from shared.web import Feature, Service, create_app, resource

KEY = "k" * 32
DATA_SERVICE = data_service_resource(DataServiceSettings)
router = APIRouter(prefix="/api/v1")


@router.get("/things/{name}")
async def read(
    name: str, client: Annotated[DataServiceClient, Depends(resource(DataServiceClient))]
) -> dict[str, Any]:
    return await client.get(
        "/api/v1/things/{name}", path_params={"name": name}, into=dict[str, Any]
    )


def link(patch: pytest.MonkeyPatch, url: str, key: str = KEY) -> DataServiceSettings:
    variables = {"DATA_SERVICE_URL": url, "DATA_SERVICE_API_KEY": key}
    set_environment(patch, DataServiceSettings, SERVICE_NAME="front", **variables)
    return load_settings(DataServiceSettings)


def front_app(settings: ServiceSettings) -> Service:
    feature = Feature(name="front", routers=(router,), resources=(CLIENT_METRICS, DATA_SERVICE))
    return create_app(settings=settings, features=[feature])


def front(patch: pytest.MonkeyPatch, url: str) -> Service:
    return front_app(link(patch, url))


if __name__ == "__main__":
    with exit_on_configuration_error():
        chosen = load_settings(DataServiceSettings)
    configure_logging(chosen)
    serve(front_app(chosen), chosen)
