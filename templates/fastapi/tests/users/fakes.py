"""A gateway without a data service."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from app.people import User
from app.users.schemas import UserQuery, UserUpdate
from shared.errors import ConflictError, NotFoundError
from shared.pagination import Page

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class FakeUsers:
    """Users in memory, with versions."""

    def __init__(self) -> None:
        self.users: dict[UUID, User] = {}

    def add(self, name: str) -> User:
        """Add a user."""
        user = User(
            id=uuid4(),
            name=name,
            email=None,
            role="user",
            is_active=True,
            version=1,
            created_at=NOW,
            updated_at=NOW,
        )
        self.users[user.id] = user
        return user

    async def get(self, user_id: UUID) -> User:
        """Return the user with this id."""
        if user_id not in self.users:
            raise NotFoundError("no such user")
        return self.users[user_id]

    async def page(self, query: UserQuery) -> Page[User]:
        """Return as many users as asked for."""
        return Page[User](items=list(self.users.values())[: query.limit])

    async def update(self, user_id: UUID, changes: UserUpdate) -> User:
        """Change what is named."""
        return self._change(user_id, changes["version"], dict(changes))

    async def deactivate(self, user_id: UUID, version: int) -> User:
        """Take the user out of use."""
        return self._change(user_id, version, {"is_active": False})

    def _change(self, user_id: UUID, version: int, changes: dict[str, object]) -> User:
        user = self.users[user_id]
        if user.version != version:
            raise ConflictError("stale", current_version=user.version)
        self.users[user_id] = user.model_copy(update=changes | {"version": version + 1})
        return self.users[user_id]
