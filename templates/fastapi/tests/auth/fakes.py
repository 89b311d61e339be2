"""A gateway without a data service."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from app.auth.schemas import Credentials, NewAccount
from app.idempotency import IdempotencyKey
from app.user_gateway import User
from shared.errors import ConflictError, NotFoundError

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class FakeAccounts:
    """Accounts in memory."""

    def __init__(self) -> None:
        self.users: dict[UUID, User] = {}
        self.hashes: dict[UUID, str] = {}
        self.busy = False

    async def add(self, new: NewAccount, password_hash: str, key: IdempotencyKey) -> User:
        """Add a user."""
        assert key.name is None
        user = User(
            id=uuid4(),
            name=new.name,
            email=new.email,
            role="user",
            is_active=True,
            version=1,
            created_at=NOW,
            updated_at=NOW,
        )
        self.users[user.id], self.hashes[user.id] = user, password_hash
        return user

    async def get(self, user_id: UUID) -> User:
        """Return the user with this id."""
        if user_id not in self.users:
            raise NotFoundError("no such user")
        return self.users[user_id]

    async def credentials(self, email: str) -> Credentials:
        """Return the credentials of the user with this address."""
        for user in self.users.values():
            if user.email == email:
                return Credentials(
                    id=user.id,
                    is_active=user.is_active,
                    version=user.version,
                    password_hash=self.hashes[user.id],
                )
        raise NotFoundError("no such user")

    async def replace_hash(self, known: Credentials, password_hash: str) -> None:
        """Store a new hash."""
        if self.busy:
            raise ConflictError("stale")
        self.hashes[known.id] = password_hash
