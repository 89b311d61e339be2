"""Changes of users: whoever makes one makes it here, so that others can be told of it."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from app.people import User


class Changes:
    """Makes changes and tells nobody; in a variant with `events` a subclass tells of them."""

    async def add(self, _email: str, make: Callable[[], Awaitable[User]], /) -> User:
        """Return the user whom `make` adds with this address; raises what that raises."""
        return await make()

    async def change(
        self, _user_id: UUID, _version: int, make: Callable[[], Awaitable[User]], /
    ) -> User:
        """Return the user as `make` has changed this version; raises what that raises."""
        return await make()
