"""Makes the routers of the features."""

from fastapi import APIRouter

from shared.errors import BadGatewayError, InvalidError, UnavailableError
from shared.problem import problem_responses


def api_router(name: str) -> APIRouter:
    """Return a router below `/api/v1`."""
    return APIRouter(
        prefix=f"/api/v1/{name}",
        tags=[name],
        responses=problem_responses(InvalidError, BadGatewayError, UnavailableError),
        generate_unique_id_function=lambda route: route.name,
    )
