"""Who may use a route: each route names one of these rules, as a dependency.

A route that names none is for administrators (`routing.py`), and a test tells of it.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from http import HTTPMethod
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant

from shared.errors import ForbiddenError, NotFoundError
from shared.fields import Role
from shared.web import resource

_READING = frozenset({HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS})


class Principal:
    """Who is asking; without the feature `auth` that is a trusted caller, whose ids are zeros."""

    def __init__(self, access: "Access", user_id: UUID, session_id: UUID) -> None:
        self.user_id, self.session_id = user_id, session_id
        self._access = access
        self._role: Role | None = None

    async def role(self) -> Role:
        """Return their role as it is now. Raises `UnauthorizedError` if they are deactivated."""
        if self._role is None:
            self._role = await self._access.role_of(self)
        return self._role

    async def check_administrator(self) -> None:
        """Raise `ForbiddenError` unless they are an administrator now."""
        if await self.role() != "admin":
            raise ForbiddenError("Only an administrator may do this.")

    async def check_owner(self, owner_id: UUID | None) -> None:
        """Raise `NotFoundError` unless it is theirs, or they are an administrator now.

        Whoever asks for somebody else's record is not told that there is one.
        """
        if self.user_id != owner_id and await self.role() != "admin":
            raise NotFoundError("There is no such record.")


class Access(ABC):
    """Finds out who is asking: by tokens in the feature `auth`, nobody does in `trusted.py`."""

    @abstractmethod
    async def authenticate(self, request: Request) -> Principal:
        """Return whose token the request carries; it belongs to a session that is not over.

        Raises `UnauthorizedError`, or `UnavailableError` while nobody can tell.
        """

    @abstractmethod
    async def role_of(self, principal: Principal) -> Role:
        """Return the role of their account. Raises `UnauthorizedError` if it is deactivated."""

    @abstractmethod
    async def end_sessions(self, user_id: UUID) -> None:
        """Have none of this user's tokens accepted any more. Raises `UnavailableError`."""

    @abstractmethod
    async def notify_deactivated(self, user_id: UUID, version: int) -> None:
        """Tell a user that they were deactivated, if there is a way."""


_opened_access = resource(Access)


async def anyone() -> None:
    """Let everybody in."""


async def token_bearer(request: Request) -> Principal:
    """Let in whoever has a token of a session that is not over, also when deactivated."""
    access = await _opened_access(request)
    return await access.authenticate(request)


async def signed_in(request: Request) -> Principal:
    """Let in everybody who is logged in; changes are only for accounts that are in use now."""
    principal = await token_bearer(request)
    if request.method not in _READING:
        await principal.role()
    return principal


async def owner_or_administrator(request: Request) -> Principal:
    """Let in the user whom the path's `user_id` names, and administrators; others get a 404."""
    principal = await signed_in(request)
    await principal.check_owner(request.path_params["user_id"])
    return principal


async def administrator(request: Request) -> Principal:
    """Let in administrators; others get a 403."""
    principal = await signed_in(request)
    await principal.check_administrator()
    return principal


async def unnamed(request: Request) -> Principal:
    """Stand in for the rule of a route that names none: `administrator`."""
    return await administrator(request)


TokenBearer = Annotated[Principal, Depends(token_bearer)]
SignedIn = Annotated[Principal, Depends(signed_in)]
OwnerOrAdministrator = Annotated[Principal, Depends(owner_or_administrator)]
Administrator = Annotated[Principal, Depends(administrator)]

RULES: dict[Callable[..., Awaitable[Principal | None]], str] = {
    anyone: "anyone",
    token_bearer: "bearer of a token",
    signed_in: "signed in",
    owner_or_administrator: "owner or administrator",
    administrator: "administrator",
    unnamed: "unnamed",
}


def named_rules(dependant: Dependant) -> list[str]:
    """Return what a route says about who may use it."""
    own = [rule for call, rule in RULES.items() if dependant.call is call]
    return own + [rule for each in dependant.dependencies for rule in named_rules(each)]
