"""Lets people in by their access tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security.utils import get_authorization_scheme_param
from structlog.contextvars import bind_contextvars
from typing_extensions import override

from app.access import Access, Principal
from app.auth.account_service import Accounts
from app.auth.session_service import Sessions
from app.auth.tokens import refused
from shared.errors import ForbiddenError, UnauthorizedError
from shared.fields import Role
from shared.lifecycle import Resource, Resources
from shared.problem import problem_responses
from shared.web import resource

SCHEME = "AccessToken"

AccountService = Annotated[Accounts, Depends(resource(Accounts))]
SessionService = Annotated[Sessions, Depends(resource(Sessions))]


class TokenAccess(Access):
    """Knows people by the session of their token, and their role by their account."""

    def __init__(self, sessions: Sessions, accounts: Accounts) -> None:
        self._sessions, self._accounts = sessions, accounts

    @override
    async def authenticate(self, request: Request) -> Principal:
        """Name who is asking, here and in the log of this request. Raises `BadTokenError`."""
        scheme, token = get_authorization_scheme_param(request.headers.get("Authorization"))
        if scheme.lower() != "bearer":
            raise refused("access")
        claims = await self._sessions.bearer(token)
        request.state.caller = str(claims.sub)
        bind_contextvars(user=str(claims.sub))
        return Principal(self, claims.sub, claims.sid)

    @override
    async def role_of(self, principal: Principal) -> Role:
        """Ask the data service, whatever the token's session says."""
        user = await self._accounts.active(principal.user_id)
        if user is None:
            raise refused("access")
        return user.role

    @override
    async def end_sessions(self, user_id: UUID) -> None:
        """Not yet."""
        raise NotImplementedError


def describe_access(document: dict[str, Any]) -> None:
    """Say in OpenAPI which operations want a token, and how those without one are refused."""
    schemes = document["components"].setdefault("securitySchemes", {})
    schemes[SCHEME] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    operations = (each for path in document["paths"].values() for each in path.values())
    for operation in operations:
        rule = operation.get("x-access", "anyone")
        if rule == "anyone":
            continue
        operation["security"] = [{SCHEME: []}]
        refusals = [UnauthorizedError, *([ForbiddenError] if rule == "administrator" else [])]
        for status, response in problem_responses(*refusals).items():
            operation["responses"][str(status)] = response


@asynccontextmanager
async def _open(resources: Resources) -> AsyncIterator[Access]:
    yield TokenAccess(resources.get(Sessions), resources.get(Accounts))


ACCESS = Resource(provides=Access, open=_open, requires=(Sessions, Accounts))
