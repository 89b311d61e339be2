"""The rules about users."""

from uuid import UUID

from app.people import User
from app.users.gateway import UserGateway
from app.users.schemas import UserQuery, UserUpdate
from shared.errors import ConflictError
from shared.pagination import Page


class Users:
    """What can be done with users; every method raises what the gateway's raises."""

    def __init__(self, gateway: UserGateway) -> None:
        self._gateway = gateway

    async def get(self, user_id: UUID) -> User:
        """Return one user."""
        return await self._gateway.get(user_id)

    async def page(self, query: UserQuery) -> Page[User]:
        """Return a page of users."""
        return await self._gateway.page(query)

    async def update(self, user_id: UUID, changes: UserUpdate) -> User:
        """Change what is named."""
        return await self._gateway.update(user_id, changes)

    async def deactivate(self, user_id: UUID, version: int) -> User:
        """Take the user out of use; who missed the answer may ask again, with the same version."""
        try:
            return await self._gateway.deactivate(user_id, version)
        except ConflictError:
            user = await self._gateway.get(user_id)
            if user.is_active:
                raise
            return user
