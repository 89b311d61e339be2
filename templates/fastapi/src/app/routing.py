"""Makes the routers of the features; their routes are closed by default."""

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, Depends, params
from fastapi.routing import APIRoute

from app.access import named_rules, unnamed
from shared.errors import BadGatewayError, CompositionError, InvalidError, UnavailableError
from shared.problem import problem_responses


class ClosedRoute(APIRoute):
    """A route for administrators, unless it names who else may use it; OpenAPI shows who."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        dependencies: Sequence[params.Depends] = (),
        **options: Any,  # noqa: ANN401 - FastAPI's own
    ) -> None:
        super().__init__(path, endpoint, dependencies=dependencies, **options)
        if not named_rules(self.dependant):
            closed = (Depends(unnamed), *dependencies)
            super().__init__(path, endpoint, dependencies=closed, **options)
        rules = named_rules(self.dependant)
        if len(rules) > 1:
            raise CompositionError(f"{path} names several rules of access: {', '.join(rules)}")
        self.openapi_extra = {**(self.openapi_extra or {}), "x-access": rules[0]}


def api_router(name: str) -> APIRouter:
    """Return a router below `/api/v1`; its routes are for administrators or say for whom."""
    return APIRouter(
        prefix=f"/api/v1/{name}",
        tags=[name],
        route_class=ClosedRoute,
        responses=problem_responses(InvalidError, BadGatewayError, UnavailableError),
        generate_unique_id_function=lambda route: route.name,
    )
