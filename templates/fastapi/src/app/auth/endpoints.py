"""Login, and what becomes of its tokens."""

from typing import Annotated

from fastapi import Depends, Request, status

from app.access import TokenBearer, anyone
from app.auth.access import AccountService, SessionService
from app.auth.limits import LoginLimits
from app.auth.schemas import Login, Refresh, TokenPair
from app.routing import api_router
from shared.errors import PayloadTooLargeError, TooManyRequestsError, UnauthorizedError
from shared.problem import problem_responses
from shared.web import resource

Limits = Annotated[LoginLimits, Depends(resource(LoginLimits))]

router = api_router("auth")


@router.post(
    "/login",
    dependencies=[Depends(anyone)],
    responses=problem_responses(UnauthorizedError, PayloadTooLargeError, TooManyRequestsError),
)
async def log_in(
    request: Request,
    limits: Limits,
    accounts: AccountService,
    sessions: SessionService,
    body: Login,
) -> TokenPair:
    """Begin a session; unknown address, wrong password and inactive user look the same."""
    await limits.count(body.email, request.client.host if request.client else "")
    user_id = await accounts.identify(body.email, body.password.get_secret_value())
    return sessions.begin(user_id)


@router.post(
    "/refresh",
    dependencies=[Depends(anyone)],
    responses=problem_responses(UnauthorizedError, PayloadTooLargeError),
)
async def refresh(sessions: SessionService, body: Refresh) -> TokenPair:
    """Prolong a session; the token that was sent is used up by it."""
    return await sessions.prolong(body.refresh_token)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
async def log_out(sessions: SessionService, principal: TokenBearer) -> None:
    """End the session: neither its access tokens nor its refresh token work any more."""
    await sessions.end(principal.session_id)
