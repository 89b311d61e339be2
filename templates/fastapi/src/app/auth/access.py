"""Lets people in by their access tokens, and only to what they may do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from structlog.contextvars import bind_contextvars

from app.auth.account_service import Accounts
from app.auth.resources import RESOURCES
from app.auth.session_service import Sessions
from app.auth.tokens import refused
from shared.errors import ForbiddenError, UnauthorizedError
from shared.problem import problem_responses
from shared.web import Feature, resource

PROBLEMS = problem_responses(UnauthorizedError)

AccountService = Annotated[Accounts, Depends(resource(Accounts))]
SessionService = Annotated[Sessions, Depends(resource(Sessions))]

_Bearer = Annotated[
    HTTPAuthorizationCredentials | None,
    Security(HTTPBearer(scheme_name="AccessToken", bearerFormat="JWT", auto_error=False)),
]


@dataclass(frozen=True, kw_only=True)
class Known:
    """The user who is asking, and the session of their token."""

    user_id: UUID
    session_id: UUID


async def identified(request: Request, sessions: SessionService, bearer: _Bearer) -> Known:
    """Name who is asking, here and in the log of this request. Raises `BadTokenError`."""
    if bearer is None:
        raise refused("access")
    claims = await sessions.bearer(bearer.credentials)
    request.state.caller = str(claims.sub)
    bind_contextvars(user=str(claims.sub))
    return Known(user_id=claims.sub, session_id=claims.sid)


Caller = Annotated[Known, Depends(identified)]


async def allowed(request: Request, caller: Caller, accounts: AccountService) -> None:
    """Let in whom the route's `user_id` names, and admins. Raises `ForbiddenError`."""
    if request.path_params.get("user_id") != caller.user_id:
        await accounts.check_admin(caller.user_id)


def restricted(feature: Feature) -> Feature:
    """Return the feature with its routes open only to the user whom they name, and to admins."""
    return _guarded(feature, allowed, problem_responses(UnauthorizedError, ForbiddenError))


def signed_in(feature: Feature) -> Feature:
    """Return the feature with its routes open to everybody who is logged in."""
    return _guarded(feature, identified, PROBLEMS)


def _guarded(
    feature: Feature, guard: Callable[..., Awaitable[object]], responses: dict[int | str, Any]
) -> Feature:
    routers = tuple(
        APIRouter(dependencies=[Depends(guard)], responses=responses) for _ in feature.routers
    )
    for outer, router in zip(routers, feature.routers, strict=True):
        outer.include_router(router)
    return replace(feature, routers=routers, resources=(*feature.resources, *RESOURCES))
