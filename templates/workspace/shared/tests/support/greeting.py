"""A feature with a resource, as a service would write it."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends

from shared.settings import ServiceSettings
from shared.web import Feature, Service, create_app, resource
from tests.support.greeter import Greeter, greeter_resource

router = APIRouter(prefix="/greetings/{language}")


@router.get("/one")
async def one(language: str, greeter: Annotated[Greeter, Depends(resource(Greeter))]) -> str:
    return f"{language}: {greeter.greet()}"


outer = APIRouter(prefix="/api/v1")
outer.include_router(router)
GREETING = Feature(name="greeting", routers=(outer,), resources=(greeter_resource,))
PATH = "/api/v1/greetings/en/one"


def greeting_app(
    settings: ServiceSettings, overrides: Mapping[type, object] | None = None
) -> Service:
    return create_app(
        settings=settings,
        features=[GREETING],
        title="Greeting",
        version="1",
        overrides=overrides,
    )
