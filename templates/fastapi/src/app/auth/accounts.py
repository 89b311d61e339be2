"""Accounts: users with a password, known again by it."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import structlog
from pydantic import BaseModel, Field

from app.auth.errors import BadCredentialsError, WrongPasswordError
from app.auth.passwords import Passwords
from app.user_gateway import USER, USERS, User, UserGateway
from shared.errors import NotFoundError, ServiceError
from shared.http import DataServiceClient
from shared.lifecycle import Resource

CREDENTIALS = f"{USER}/credentials"
CREDENTIALS_BY_EMAIL = f"{USERS}/by-email/credentials"

_log = structlog.stdlib.get_logger(__name__)


class Credentials(BaseModel):
    """What the data service has to log a user in with."""

    id: UUID
    email: str | None
    is_active: bool
    version: int
    password_hash: str | None = Field(repr=False)

    @property
    def fingerprint(self) -> str:
        """What changes with the password: a proof that names another one is void."""
        return sha256((self.password_hash or "").encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """Every method may raise `UnavailableError` or `BadGatewayError`."""

    client: DataServiceClient
    users: UserGateway
    passwords: Passwords

    async def get(self, user_id: UUID) -> User:
        """Return the user as they are now, never from a cache. Raises `NotFoundError`."""
        return await self.client.get(USER, path_params={"user_id": user_id}, into=User)

    async def active(self, user_id: UUID) -> User | None:
        """Return the user, unless there is none any more or they are deactivated."""
        try:
            user = await self.get(user_id)
        except NotFoundError:
            return None
        return user if user.is_active else None

    async def credentials(self, user_id: UUID) -> Credentials:
        """Return a user's credentials. Raises `NotFoundError`."""
        place = {"user_id": user_id}
        return await self.client.get(CREDENTIALS, path_params=place, into=Credentials)

    async def find(self, email: str) -> Credentials | None:
        """Return the credentials of the user with this address, if there is one."""
        query = {"email": email}
        try:
            return await self.client.get(CREDENTIALS_BY_EMAIL, params=query, into=Credentials)
        except NotFoundError:
            return None

    async def identify(self, email: str, password: str) -> Credentials:
        """Return whose address and password these are. Raises `BadCredentialsError`.

        It takes as long for an address that nobody has as for a wrong password.
        """
        known = await self.find(email)
        known_hash = None if known is None else known.password_hash
        is_right, renewed = await self.passwords.check(password, known_hash)
        if known is None or not is_right or not known.is_active:
            raise refused_login()
        if renewed is None:
            return known
        try:
            await self.store_hash(known, renewed, rehash=True)
        except ServiceError as error:
            # The old one is as good for this login; the next one tries again.
            _log.warning("a password hash is still out of date", code=error.code)
            return known
        return known.model_copy(update={"password_hash": renewed})

    async def check_unchanged(self, known: Credentials) -> None:
        """Raise `BadCredentialsError` if they were deactivated, or their password changed."""
        try:
            now = await self.credentials(known.id)
        except NotFoundError:
            raise refused_login() from None
        if not now.is_active or now.password_hash != known.password_hash:
            raise refused_login()

    async def check_password(self, user_id: UUID, password: str) -> Credentials:
        """Return the credentials of who is signed in. Raises `WrongPasswordError`."""
        known = await self.credentials(user_id)
        is_right, _ = await self.passwords.check(password, known.password_hash)
        if not is_right:
            raise WrongPasswordError("This is not your password.")
        return known

    async def set_password(self, known: Credentials, password: str) -> User:
        """Store a new password. Raises `ConflictError` when the user was changed meanwhile."""
        return await self.store_hash(known, await self.passwords.hash(password))

    async def store_hash(
        self, known: Credentials, password_hash: str, *, rehash: bool = False
    ) -> User:
        """Store a new hash. Raises `ConflictError` when the user was changed meanwhile.

        A rehash is of the same password: no change of the user, so nobody is told of it.
        """
        stored = {"version": known.version, "password_hash": password_hash, "rehash": rehash}
        return await self.users.set_credentials(known.id, stored)


def refused_login() -> BadCredentialsError:
    """Return the error for everybody who may not log in; why is never said."""
    return BadCredentialsError("The e-mail address or the password is wrong.")


ACCOUNTS = Resource(
    provides=Accounts,
    factory=lambda resources: Accounts(
        client=resources.get(DataServiceClient),
        users=resources.get(UserGateway),
        passwords=resources.get(Passwords),
    ),
    requires=(DataServiceClient, UserGateway, Passwords),
)
