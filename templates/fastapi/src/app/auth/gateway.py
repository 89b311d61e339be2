"""What the rules need of the world, and how the data service gives it."""

from typing import Protocol
from uuid import UUID

from app.auth.schemas import Credentials, NewAccount
from app.idempotency import IdempotencyKey
from app.user_gateway import USER, USERS, User, UserGateway
from shared.http import DataServiceClient

CREDENTIALS = f"{USER}/credentials"
CREDENTIALS_BY_EMAIL = f"{USERS}/by-email/credentials"


class AccountGateway(Protocol):
    """Reads and writes users with their password hashes.

    Every method may raise `UnavailableError` or `BadGatewayError`.
    """

    async def add(self, new: NewAccount, password_hash: str, key: IdempotencyKey) -> User:
        """Add a user. Raises `ConflictError`, whose `field` names what another one has."""

    async def get(self, user_id: UUID) -> User:
        """Return the user with this id. Raises `NotFoundError`."""

    async def credentials(self, email: str) -> Credentials:
        """Return the credentials of the user with this address. Raises `NotFoundError`."""

    async def replace_hash(self, known: Credentials, password_hash: str) -> None:
        """Store a new hash. Raises `ConflictError` when the user was changed meanwhile."""


class DataServiceAccounts:
    """Users and their hashes as the data service has them."""

    def __init__(self, client: DataServiceClient, users: UserGateway) -> None:
        self._client, self._users = client, users

    async def add(self, new: NewAccount, password_hash: str, key: IdempotencyKey) -> User:
        """Add a user."""
        body = new.model_dump(exclude={"password"}) | {"password_hash": password_hash}
        return await self._users.add(body, key)

    async def get(self, user_id: UUID) -> User:
        """Return the user with this id, as they are now."""
        return await self._client.get(USER, path_params={"user_id": user_id}, into=User)

    async def credentials(self, email: str) -> Credentials:
        """Return the credentials of the user with this address."""
        return await self._client.get(
            CREDENTIALS_BY_EMAIL, params={"email": email}, into=Credentials
        )

    async def replace_hash(self, known: Credentials, password_hash: str) -> None:
        """Store a new hash."""
        await self._client.put(
            CREDENTIALS,
            path_params={"user_id": known.id},
            json={"version": known.version, "password_hash": password_hash},
            into=User,
        )
