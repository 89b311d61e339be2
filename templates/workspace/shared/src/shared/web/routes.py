"""What a route needs beside its own code: opened resources, and the place of what it made."""

from collections.abc import Awaitable, Callable
from inspect import signature
from typing import TYPE_CHECKING, Annotated, TypeVar
from urllib.parse import quote

from fastapi import Depends
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

if TYPE_CHECKING:
    from shared.lifecycle import Lifecycle

T = TypeVar("T")


def resource(wanted: type[T]) -> Callable[[HTTPConnection], Awaitable[T]]:
    """Return a dependency that gets an opened resource: `Depends(resource(Database))`."""

    async def opened(connection: HTTPConnection) -> T:
        lifecycle: Lifecycle = connection.app.lifecycle
        return lifecycle.resources.get(wanted)

    return opened


def instance(wanted: type[T]) -> Callable[..., Awaitable[T]]:
    """Return a dependency that makes an object for each request: `Depends(instance(Limits))`.

    The class alone is a dependency too, but FastAPI calls it in another thread, which is slow.
    """

    async def made(**parameters: object) -> T:
        return wanted(**parameters)

    # What FastAPI reads the parameters from.
    vars(made)["__signature__"] = signature(wanted)
    return made


class LocationSetter:
    """Says where the thing is that a 201 or 202 is about.

    `set_location(user.id)` is below the path that was posted to, or below `collection`.
    """

    def __init__(self, request: Request, response: Response) -> None:
        self._path, self._headers = request.url.path, response.headers

    def __call__(self, record_id: object, *, collection: str = "") -> None:
        """Set the header of the answer."""
        self._headers["Location"] = f"{collection or self._path}/{quote(str(record_id), safe='')}"


SetLocation = Annotated[LocationSetter, Depends(instance(LocationSetter))]
