"""What a feature of a web service is, and how its routes get at its resources."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import APIRouter
from starlette.requests import HTTPConnection

from shared.lifecycle import Lifecycle, Resource

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One capability of a service: its routes and the resources that they need."""

    name: str
    routers: tuple[APIRouter, ...] = ()
    resources: tuple[Resource[Any], ...] = ()


def resource(wanted: type[T]) -> Callable[[HTTPConnection], Awaitable[T]]:
    """Return a dependency that gets an opened resource: `Depends(resource(Database))`."""

    async def opened(connection: HTTPConnection) -> T:
        lifecycle: Lifecycle = connection.app.lifecycle
        return lifecycle.resources.get(wanted)

    return opened
