"""Who is asking in a service without `auth`: nobody knows, so everybody may do everything.

Put such a service behind something that knows who is asking.
"""

from uuid import UUID

from fastapi import Request
from typing_extensions import override

from app.access import Access, Principal
from shared.fields import Role
from shared.lifecycle import Resource, Resources
from shared.web import Feature

NOBODY = UUID(int=0)


class TrustedCallers(Access):
    """Takes every caller for an administrator."""

    @override
    async def authenticate(self, request: Request) -> Principal:
        """Return somebody whose ids are zeros."""
        return Principal(self, NOBODY, NOBODY)

    @override
    async def role_of(self, principal: Principal) -> Role:
        """Return an administrator's role."""
        return "admin"

    @override
    async def end_sessions(self, user_id: UUID) -> None:
        """Do nothing: there are no sessions."""

    @override
    async def notify_deactivated(self, user_id: UUID, version: int) -> None:
        """Do nothing: there is nobody to send a message."""


def _trusted_callers(_: Resources) -> Access:
    return TrustedCallers()


feature = Feature(name="trusted", resources=(Resource(provides=Access, factory=_trusted_callers),))
