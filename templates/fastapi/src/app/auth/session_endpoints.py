"""Login, and what becomes of its session."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, status

from app.access import OwnerOrAdministrator, TokenBearer, anyone, owner_or_administrator
from app.auth.accounts import Accounts
from app.auth.limits import Limits
from app.auth.schemas import Login, Refresh, SessionRead, TokenPair
from app.auth.sessions import Origin, Sessions
from app.auth.tokens import Tokens, refused
from app.routing import api_router
from shared.errors import (
    NotFoundError,
    PayloadTooLargeError,
    TooManyRequestsError,
    UnauthorizedError,
)
from shared.problem import problem_responses
from shared.web import resource

AccountStore = Annotated[Accounts, Depends(resource(Accounts))]
SessionStore = Annotated[Sessions, Depends(resource(Sessions))]
TokenReader = Annotated[Tokens, Depends(resource(Tokens))]

router = api_router("auth")
user_sessions = api_router("users")


@router.post(
    "/login",
    dependencies=[Depends(anyone)],
    responses=problem_responses(UnauthorizedError, PayloadTooLargeError, TooManyRequestsError),
)
async def log_in(
    request: Request,
    limits: Limits,
    accounts: AccountStore,
    sessions: SessionStore,
    body: Login,
) -> TokenPair:
    """Begin a session; unknown address, wrong password and inactive user look the same."""
    origin = Origin(place=limits.place, user_agent=request.headers.get("User-Agent", ""))
    async with limits.failures("login", body.email):
        known = await accounts.identify(body.email, body.password.get_secret_value())
        session_id, tokens = await sessions.begin(known.id, origin)
        try:
            # Whatever ends all sessions of an account changes it first: either that is seen here,
            # or it sees this session.
            await accounts.check_unchanged(known)
        except Exception:
            await sessions.end(known.id, session_id)
            raise
    return tokens


@router.post(
    "/refresh",
    dependencies=[Depends(anyone)],
    responses=problem_responses(UnauthorizedError, PayloadTooLargeError),
)
async def refresh(
    accounts: AccountStore, sessions: SessionStore, tokens: TokenReader, body: Refresh
) -> TokenPair:
    """Go on with a session; the token that was sent is used up by it.

    Sent again within seconds it gives the same next token, for two tabs and lost answers. Later
    it ends the session, for it was stolen, before or now.
    """
    claims = tokens.read(body.refresh_token, "refresh")
    if await accounts.active(claims.sub) is None:
        raise refused("refresh")
    return await sessions.refresh(claims)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
async def log_out(sessions: SessionStore, principal: TokenBearer) -> None:
    """End the session: neither its access tokens nor its refresh token work any more."""
    await sessions.end(principal.user_id, principal.session_id)


@user_sessions.get("/{user_id:uuid}/sessions")
async def list_sessions(
    sessions: SessionStore, principal: OwnerOrAdministrator, user_id: UUID
) -> list[SessionRead]:
    """List a user's sessions, the one that was refreshed last first."""
    return await sessions.list(user_id, principal.session_id)


@user_sessions.delete(
    "/{user_id:uuid}/sessions",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[Depends(owner_or_administrator)],
)
async def end_sessions(sessions: SessionStore, user_id: UUID) -> None:
    """End all sessions of a user, the one of this request too."""
    await sessions.end_all(user_id)


@user_sessions.delete(
    "/{user_id:uuid}/sessions/{session_id:uuid}",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[Depends(owner_or_administrator)],
    responses=problem_responses(NotFoundError),
)
async def end_session(sessions: SessionStore, user_id: UUID, session_id: UUID) -> None:
    """End one session of a user."""
    if not await sessions.end(user_id, session_id):
        raise NotFoundError("There is no such session, or not any more.")
