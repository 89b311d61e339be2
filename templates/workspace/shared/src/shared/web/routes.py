"""What a route needs beside its own code: opened resources, and the place of what it made."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from starlette.requests import HTTPConnection
from starlette.responses import Response

if TYPE_CHECKING:
    from shared.lifecycle import Lifecycle

T = TypeVar("T")

_LOCATION = {"description": "Where to find it.", "schema": {"type": "string"}}


def resource(wanted: type[T]) -> Callable[[HTTPConnection], Awaitable[T]]:
    """Return a dependency that gets an opened resource: `Depends(resource(Database))`."""

    async def opened(connection: HTTPConnection) -> T:
        return get_resource(connection, wanted)

    return opened


def get_resource(connection: HTTPConnection, wanted: type[T]) -> T:
    """Return an opened resource, inside a dependency that needs no other one for it."""
    lifecycle: Lifecycle = connection.app.lifecycle
    return lifecycle.resources.get(wanted)


def set_location(response: Response, path: str, **values: object) -> None:
    """Say in `Location` where the thing is that a 201 or 202 is about.

    `values` fill the `{names}` of the path, quoted: `set_location(response, "/u/{id}", id=7)`.
    """
    quoted = {name: quote(str(value), safe="") for name, value in values.items()}
    response.headers["Location"] = path.format_map(quoted)


def location_responses(status: int) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route that calls `set_location`, for its description."""
    return {status: {"headers": {"Location": _LOCATION}}}
