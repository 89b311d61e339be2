"""What the rules need of the world, and how the data service gives it."""

from typing import Protocol
from uuid import UUID

from app.auth.schemas import Credentials, NewAccount
from app.changes import Changes
from app.people import USER, USERS, User
from shared.http import DataServiceClient

CREDENTIALS = f"{USER}/credentials"
CREDENTIALS_BY_EMAIL = f"{USERS}/by-email/credentials"


class AccountGateway(Protocol):
    """Reads and writes users with their password hashes.

    Every method may raise `UnavailableError` or `BadGatewayError`.
    """

    async def add(self, new: NewAccount, password_hash: str) -> User:
        """Add a user. Raises `ConflictError`, whose `field` names what another one has."""

    async def get(self, user_id: UUID) -> User:
        """Return the user with this id. Raises `NotFoundError`."""

    async def credentials(self, email: str) -> Credentials:
        """Return the credentials of the user with this address. Raises `NotFoundError`."""

    async def replace_hash(self, known: Credentials, password_hash: str) -> None:
        """Store a new hash. Raises `ConflictError` when the user was changed meanwhile."""


class DataServiceAccounts:
    """Users and their hashes as the data service has them."""

    def __init__(self, client: DataServiceClient, changes: Changes) -> None:
        self._client, self._changes = client, changes

    async def add(self, new: NewAccount, password_hash: str) -> User:
        """Add a user."""
        body = {"name": new.name, "email": new.email, "password_hash": password_hash}
        return await self._changes.add(
            new.email, lambda: self._client.post(USERS, json=body, into=User)
        )

    async def get(self, user_id: UUID) -> User:
        """Return the user with this id."""
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
