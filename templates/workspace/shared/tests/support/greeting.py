"""A feature with a resource, as a service would write it."""

from collections.abc import Mapping
from threading import get_ident
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from shared.budget import current_budget
from shared.settings import ServiceSettings
from shared.web import Feature, Service, SetLocation, create_app, instance, resource
from tests.support.greeter import Greeter, greeter_resource

router = APIRouter(prefix="/greetings/{language}")


@router.get("/one")
async def one(language: str, greeter: Annotated[Greeter, Depends(resource(Greeter))]) -> str:
    return f"{language}: {greeter.greet()}"


@router.post("/two", status_code=201)
async def two(name: str, set_location: SetLocation) -> str:
    set_location(name)
    return name


class Place:
    """Where a request's objects are made."""

    def __init__(self, size: int) -> None:
        self.size, self.thread = size, get_ident()


@router.get("/place")
async def place(made: Annotated[Place, Depends(instance(Place))]) -> dict[str, Any]:
    return {"size": made.size, "same_thread": made.thread == get_ident()}


@router.get("/headers")
async def headers(request: Request) -> dict[str, Any]:
    budget = current_budget()
    return {
        "headers": list(request.headers),
        "retries": budget.retries,
        "deadline": budget.deadline is not None,
    }


outer = APIRouter(prefix="/api/v1")
outer.include_router(router)
GREETING = Feature(name="greeting", routers=(outer,), resources=(greeter_resource,))
PATH = "/api/v1/greetings/en/one"


def greeting_app(
    settings: ServiceSettings, overrides: Mapping[type, object] | None = None
) -> Service:
    return create_app(settings=settings, features=[GREETING], overrides=overrides)
