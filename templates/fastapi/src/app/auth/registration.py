"""Registration: at once, or once the address is confirmed by a token that was sent to it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, Field

from app.auth.accounts import Accounts, refused_login
from app.auth.messages import Messenger, message_to, with_proof
from app.auth.proofs import Proofs
from app.auth.schemas import AwaitingConfirmation, NewAccount
from app.auth.settings import AuthSettings
from app.idempotency import IdempotencyKey
from app.user_gateway import User
from shared.contracts.accounts import AccountMessage
from shared.errors import ConflictError
from shared.lifecycle import Resource

PURPOSE = "registration"


class PendingAccount(BaseModel):
    """Somebody who registered and is nobody yet: the user as it will be sent, hash included."""

    fields: dict[str, Any] = Field(repr=False)

    @property
    def email(self) -> str:
        """Where the token goes."""
        return str(self.fields["email"])

    @property
    def password_hash(self) -> str:
        """What was registered with."""
        return str(self.fields["password_hash"])


@dataclass(frozen=True, kw_only=True)
class Registration:
    """Every method may raise `UnavailableError` or `BadGatewayError`."""

    settings: AuthSettings
    accounts: Accounts
    proofs: Proofs
    messenger: Messenger

    async def add(self, new: NewAccount, key: IdempotencyKey) -> User:
        """Add a user at once, who is active and no administrator. Raises `ConflictError`."""
        return await self.accounts.users.add((await self._hashed(new)).fields, key)

    async def begin(self, new: NewAccount) -> tuple[PendingAccount, AwaitingConfirmation]:
        """Return what `invite` goes on with after the answer, and the answer.

        It knows nothing of who has an account, so neither answer nor time tell of it.
        """
        self.messenger.check()
        pending = await self._hashed(new)
        seconds = self.settings.confirmation_seconds
        return pending, AwaitingConfirmation(email=new.email, expires_in=seconds)

    async def invite(self, pending: PendingAccount) -> None:
        """Send the token, or tell whoever has the address that they have an account."""
        known = await self.accounts.find(pending.email)
        if known is not None:
            user = await self.accounts.get(known.id)
            await self.messenger.notify(message_to(user, "already-registered"))
            return
        seconds = self.settings.confirmation_seconds
        await self.proofs.keep(PURPOSE, pending.email, pending, seconds)
        token = await self.proofs.issue(PURPOSE, pending, seconds)
        # A stranger chose the name: it is not for a message to somebody who may be another.
        message = AccountMessage(kind="confirm-registration", email=pending.email, name="")
        await self.messenger.notify(with_proof(message, token, seconds, self.settings))

    async def resend(self, email: str) -> None:
        """Send another token for the last registration of this address, if there was one."""
        pending = await self.proofs.kept(PURPOSE, email, PendingAccount)
        if pending is not None:
            await self.invite(pending)

    async def confirm(self, token: str, password: str) -> User:
        """Add the user. Raises `BadProofError`, `BadCredentialsError` or `ConflictError`.

        The password is asked for again: a stranger may have registered this address with another
        one, and must not get in because its owner clicked.
        """
        async with self.proofs.consume(PURPOSE, token, PendingAccount) as pending:
            is_right, _ = await self.accounts.passwords.check(password, pending.password_hash)
            if not is_right:
                raise refused_login()
            verified = {"email_verified_at": datetime.now(UTC).isoformat()}
            try:
                return await self.accounts.users.add(pending.fields | verified)
            except ConflictError:
                known = await self.accounts.find(pending.email)
                if known is None or known.password_hash != pending.password_hash:
                    raise
                # It was added by this token, and the answer was lost.
                return await self.accounts.get(known.id)

    async def _hashed(self, new: NewAccount) -> PendingAccount:
        password_hash = await self.accounts.passwords.hash_for_stranger(
            new.password.get_secret_value()
        )
        fields = new.model_dump(mode="json", exclude={"password"})
        return PendingAccount(fields=fields | {"password_hash": password_hash})


REGISTRATION = Resource(
    provides=Registration,
    factory=lambda resources: Registration(
        settings=resources.get(AuthSettings),
        accounts=resources.get(Accounts),
        proofs=resources.get(Proofs),
        messenger=resources.get(Messenger),
    ),
    requires=(AuthSettings, Accounts, Proofs, Messenger),
)
