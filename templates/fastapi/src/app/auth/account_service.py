"""The rules about accounts."""

from uuid import UUID

import structlog

from app.auth.errors import BadCredentialsError
from app.auth.gateway import AccountGateway
from app.auth.passwords import Passwords
from app.auth.schemas import Credentials, NewAccount
from app.idempotency import IdempotencyKey
from app.user_gateway import User
from shared.errors import ForbiddenError, NotFoundError, ServiceError

_log = structlog.stdlib.get_logger(__name__)


class Accounts:
    """Registers people and knows them again by their passwords.

    Every method may raise what the gateway's and `Passwords`' methods raise.
    """

    def __init__(self, gateway: AccountGateway, passwords: Passwords) -> None:
        self._gateway, self._passwords = gateway, passwords

    async def register(self, new: NewAccount, key: IdempotencyKey) -> User:
        """Add a user, who is active and no admin."""
        password_hash = await self._passwords.hash(new.password.get_secret_value())
        return await self._gateway.add(new, password_hash, key)

    async def identify(self, email: str, password: str) -> UUID:
        """Return whose address and password these are. Raises `BadCredentialsError`.

        It takes as long for an address that nobody has as for a wrong password.
        """
        known = await self._known(email)
        known_hash = None if known is None else known.password_hash
        right, renewed = await self._passwords.check(password, known_hash)
        if known is None or not right or not known.is_active:
            raise BadCredentialsError("The e-mail address or the password is wrong.")
        if renewed is not None:
            await self._renew(known, renewed)
        return known.id

    async def active(self, user_id: UUID) -> User | None:
        """Return the user, unless there is none any more or they are out of use."""
        try:
            user = await self._gateway.get(user_id)
        except NotFoundError:
            return None
        return user if user.is_active else None

    async def check_admin(self, user_id: UUID) -> None:
        """Raise `ForbiddenError` unless this user is an admin now, whatever they were before."""
        user = await self.active(user_id)
        if user is None or user.role != "admin":
            raise ForbiddenError("Only an admin may do this, or the user whom it is about.")

    async def _known(self, email: str) -> Credentials | None:
        try:
            return await self._gateway.credentials(email)
        except NotFoundError:
            return None

    async def _renew(self, known: Credentials, password_hash: str) -> None:
        try:
            await self._gateway.replace_hash(known, password_hash)
        except ServiceError as error:
            # The old one is as good for this login; the next one tries again.
            _log.warning("a password hash is still out of date", code=error.code)
