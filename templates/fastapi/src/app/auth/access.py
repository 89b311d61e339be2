"""Lets people in by their access tokens."""

from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.security.utils import get_authorization_scheme_param
from structlog.contextvars import bind_contextvars
from typing_extensions import override

from app.access import Access, Principal
from app.auth.accounts import Accounts
from app.auth.messages import Messenger, message_to
from app.auth.sessions import Sessions
from app.auth.tokens import Tokens, refused
from shared.errors import ForbiddenError, UnauthorizedError
from shared.fields import Role
from shared.lifecycle import Resource, Resources
from shared.problem import problem_responses

SCHEME = "AccessToken"


class TokenAccess(Access):
    """Knows people by the session of their token, and their role by their account."""

    def __init__(self, resources: Resources) -> None:
        self._tokens, self._sessions = resources.get(Tokens), resources.get(Sessions)
        self._accounts, self._messenger = resources.get(Accounts), resources.get(Messenger)

    @override
    async def authenticate(self, request: Request) -> Principal:
        """Name who is asking, here and in the log of this request. Raises `BadTokenError`."""
        scheme, token = get_authorization_scheme_param(request.headers.get("Authorization"))
        if scheme.lower() != "bearer":
            raise refused("access")
        claims = self._tokens.read(token, "access")
        await self._sessions.check(claims)
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
        """End them in Redis, for every replica at once."""
        await self._sessions.end_all(user_id)

    @override
    async def notify_deactivated(self, user_id: UUID, version: int) -> None:
        """Send a message, once for this version of the user."""
        message = message_to(await self._accounts.get(user_id), "deactivated")
        await self._messenger.notify(message, f"deactivated:{user_id}:{version}")


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


ACCESS = Resource(
    provides=Access, factory=TokenAccess, requires=(Tokens, Sessions, Accounts, Messenger)
)
