"""What every route of the API has: a key to get in, and a `Reader` or a `Session` of the database.

A route that asks for a `Session` runs in a transaction. One that writes takes an `Idempotency-Key`:
its answer is kept in the transaction of the change, and given again to the same request.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, ClassVar, TypeAlias

from fastapi import APIRouter, Depends, Request, Response, Security
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from app.access import ANY_CONSUMER
from app.database import StatementReader, database_of
from app.idempotency import KEY_PARAMETERS, claim_key, keep_answer, read_key, replay
from app.records import View
from shared.errors import InvalidError, UnauthorizedError, UnavailableError
from shared.problem import problem_responses

Handler: TypeAlias = Callable[[Request], Coroutine[Any, Any, Response]]


async def request_reader(request: Request) -> StatementReader:
    """Return what a request reads with."""
    return database_of(request).reader


async def request_session(request: Request) -> AsyncSession:
    """Return the transaction that `ApiRoute` has opened for this request."""
    session: AsyncSession = request.state.session
    return session


Reader = Annotated[StatementReader, Depends(request_reader)]
Session = Annotated[AsyncSession, Depends(request_session)]


class ApiRoute(APIRoute):
    """Runs an endpoint that asks for a `Session` in a transaction, and once for each key.

    Attributes:
        view: how the records in an answer are read again.
    """

    view: ClassVar[View[Any, Any] | None] = None

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        **options: Any,  # noqa: ANN401 - FastAPI's own
    ) -> None:
        super().__init__(path, endpoint, **options)
        if _asks_for_session(self.dependant):
            self.openapi_extra = {**(self.openapi_extra or {}), "parameters": KEY_PARAMETERS}

    def get_route_handler(self) -> Handler:
        """Return what serves a request: from the first statement to the commit."""
        handle = super().get_route_handler()
        if not _asks_for_session(self.dependant):
            return handle
        return self._in_transaction(handle)

    def _in_transaction(self, handle: Handler) -> Handler:
        async def handle_once(request: Request) -> Response:
            keyed, database = await read_key(request), database_of(request)
            async with database.transaction() as session:
                request.state.session = session
                answer = None if keyed is None else await claim_key(session, keyed)
                if answer is None:
                    response = await handle(request)
                    if keyed is not None:
                        await keep_answer(session, keyed, response)
                    return response
            form: TypeAdapter[Any] = TypeAdapter(self.response_model)
            return await replay(answer, form, self.view, database.reader)

        return handle_once


def _asks_for_session(dependant: Dependant) -> bool:
    return any(
        each.call is request_session or _asks_for_session(each) for each in dependant.dependencies
    )


def api_router(name: str, shown: View[Any, Any] | None = None) -> APIRouter:
    """Return a router below `/api/v1`, open to known consumers; its answers show this view."""

    class Route(ApiRoute):
        view = shown

    return APIRouter(
        prefix=f"/api/v1/{name}",
        tags=[name],
        route_class=Route,
        dependencies=[Security(ANY_CONSUMER)],
        responses=problem_responses(UnauthorizedError, InvalidError, UnavailableError),
        generate_unique_id_function=lambda route: route.name,
    )
