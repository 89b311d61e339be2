"""What a feature of a web service is, and how its routes get at its resources."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from fastapi import APIRouter
from starlette.requests import HTTPConnection

from shared.asgi import App
from shared.lifecycle import Lifecycle, Resource, Resources

T = TypeVar("T")

# Takes an application and the settings in `Resources`: nothing else is open when it is called.
Layer: TypeAlias = Callable[[App, Resources], App]


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One capability of a service: its routes and the resources that they need.

    Its layers are put around all of the application's answers, problems too; the first is the
    outermost. `describe` adds to the application's OpenAPI document.
    """

    name: str
    routers: tuple[APIRouter, ...] = ()
    resources: tuple[Resource[Any], ...] = ()
    layers: tuple[Layer, ...] = ()
    describe: Callable[[dict[str, Any]], None] | None = None


def resource(wanted: type[T]) -> Callable[[HTTPConnection], Awaitable[T]]:
    """Return a dependency that gets an opened resource: `Depends(resource(Database))`."""

    async def opened(connection: HTTPConnection) -> T:
        lifecycle: Lifecycle = connection.app.lifecycle
        return lifecycle.resources.get(wanted)

    return opened
