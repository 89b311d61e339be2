"""A feature with a resource, as a service would write it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Depends
from prometheus_client import CollectorRegistry, Counter

from shared.lifecycle import Resource, Resources
from shared.settings import ServiceSettings
from shared.web import Feature, Service, create_app, resource


class Greeter:
    def __init__(self, name: str, count: Counter) -> None:
        self.name = name
        self.count = count

    def greet(self) -> str:
        self.count.inc()
        return f"hello from {self.name}"

    async def ping(self) -> None:
        if self.name == "sick":
            raise ConnectionError(self.name)


@asynccontextmanager
async def open_greeter(resources: Resources) -> AsyncIterator[Greeter]:
    count = Counter("greetings", "Said so far.", registry=resources.get(CollectorRegistry))
    yield Greeter(resources.get(ServiceSettings).service_name, count)


router = APIRouter(prefix="/greetings/{language}")


@router.get("/one")
async def one(language: str, greeter: Annotated[Greeter, Depends(resource(Greeter))]) -> str:
    return f"{language}: {greeter.greet()}"


greeter_resource = Resource(
    provides=Greeter,
    open=open_greeter,
    requires=(ServiceSettings, CollectorRegistry),
    ping=Greeter.ping,
)
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
