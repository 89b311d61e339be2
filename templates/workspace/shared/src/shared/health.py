"""Says whether the process lives (/health) and whether it can work (/ready)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from shared.errors import UnavailableError
from shared.lifecycle import OK
from shared.problem import ProblemResponse, problem_response, problem_responses

if TYPE_CHECKING:
    from shared.lifecycle import Lifecycle

PING_SECONDS = 2.0


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """Requests are welcome; `checks` has what was pinged."""

    status: Literal["ready"] = "ready"
    checks: dict[str, str]


def health_router(lifecycle: Lifecycle, *, ping_seconds: float = PING_SECONDS) -> APIRouter:
    """Return the routes /health and /ready; a ping takes no longer than `ping_seconds`."""
    router = APIRouter(tags=["health"])

    @router.get("/health")
    async def health() -> Alive:
        """Say that the process lives, whatever it depends on."""
        return Alive()

    @router.get("/ready", response_model=Ready, responses=problem_responses(UnavailableError))
    async def ready() -> Ready | ProblemResponse:
        """Ping what the service depends on; 503 while something is down or while draining."""
        # Answered, not raised: a probe every few seconds is not an event for the log.
        if lifecycle.draining:
            return problem_response(UnavailableError("draining", checks={}))
        checks = await lifecycle.check(ping_seconds)
        if any(answer != OK for answer in checks.values()):
            return problem_response(UnavailableError("a dependency is down", checks={**checks}))
        return Ready(checks=checks)

    return router
