"""What people change about their accounts: the password, known or forgotten, and the address."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from pydantic import BaseModel

from app.access import Principal
from app.auth.accounts import Accounts, Credentials
from app.auth.errors import BadProofError
from app.auth.messages import Messenger, message_to, with_proof
from app.auth.proofs import Proofs
from app.auth.sessions import Sessions
from app.auth.settings import AuthSettings
from app.user_gateway import User
from shared.contracts.accounts import AccountMessage
from shared.errors import NotFoundError
from shared.lifecycle import Resource

RESET, ADDRESS = "password-reset", "address"


class PasswordProof(BaseModel):
    """Whose password a token resets; it is void once the password is another one."""

    user_id: UUID
    fingerprint: str


class AddressProof(PasswordProof):
    """Whose address a token changes, and into which."""

    email: str


@dataclass(frozen=True, kw_only=True)
class AccountChanges:
    """Every method may raise `UnavailableError` or `BadGatewayError`."""

    settings: AuthSettings
    accounts: Accounts
    sessions: Sessions
    proofs: Proofs
    messenger: Messenger

    async def change_password(self, principal: Principal, current: str, new: str) -> AccountMessage:
        """Store another password and end all other sessions. Raises `WrongPasswordError`.

        Returns what the user is to be told.
        """
        known = await self.accounts.check_password(principal.user_id, current)
        return await self._set_password(known, new, keep=principal.session_id)

    async def send_reset(self, email: str) -> None:
        """Send a token to whoever has this address and is active; to others nothing."""
        known = await self.accounts.find(email)
        if known is None or not known.is_active:
            return
        seconds = self.settings.password_reset_seconds
        content = PasswordProof(user_id=known.id, fingerprint=known.fingerprint)
        token = await self.proofs.issue(RESET, content, seconds)
        message = message_to(await self.accounts.get(known.id), "reset-password")
        await self.messenger.notify(with_proof(message, token, seconds, self.settings))

    async def reset_password(self, token: str, new: str) -> AccountMessage:
        """Store another password and end all sessions. Raises `BadProofError`.

        Returns what the user is to be told.
        """
        async with self.proofs.consume(RESET, token, PasswordProof) as proof:
            return await self._set_password(await self._proven(proof), new, keep=None)

    async def send_address_proof(self, principal: Principal, password: str, email: str) -> None:
        """Send a token to the new address. Raises `WrongPasswordError`.

        Whether somebody else has that address is not told before its owner confirms.
        """
        self.messenger.check()
        known = await self.accounts.check_password(principal.user_id, password)
        seconds = self.settings.confirmation_seconds
        content = AddressProof(user_id=known.id, fingerprint=known.fingerprint, email=email)
        token = await self.proofs.issue(ADDRESS, content, seconds)
        message = message_to(await self.accounts.get(known.id), "confirm-address", email)
        await self.messenger.send(with_proof(message, token, seconds, self.settings))

    async def confirm_address(self, token: str) -> tuple[User, AccountMessage]:
        """Change the address. Raises `BadProofError`, or `ConflictError` if somebody has it.

        Returns what is to be told to the old address, too.
        """
        async with self.proofs.consume(ADDRESS, token, AddressProof) as proof:
            known = await self._proven(proof)
            before = await self.accounts.get(known.id)
            verified_at = datetime.now(UTC).isoformat()
            proven = {"email": proof.email, "email_verified_at": verified_at}
            user = await self.accounts.users.update(known.id, {"version": known.version, **proven})
        return user, message_to(before, "address-changed")

    async def _proven(self, proof: PasswordProof) -> Credentials:
        try:
            known = await self.accounts.credentials(proof.user_id)
        except NotFoundError:
            raise BadProofError("There is no such account any more.") from None
        if not known.is_active or known.fingerprint != proof.fingerprint:
            raise BadProofError("The password was changed, or the account is deactivated.")
        return known

    async def _set_password(
        self, known: Credentials, new: str, *, keep: UUID | None
    ) -> AccountMessage:
        # Before, so that nothing is changed while sessions cannot be ended; and after, for those
        # that the old password began meanwhile.
        await self.sessions.end_all(known.id, but=keep)
        user = await self.accounts.set_password(known, new)
        await self.sessions.end_all(known.id, but=keep)
        return message_to(user, "password-changed")


ACCOUNT_CHANGES = Resource(
    provides=AccountChanges,
    factory=lambda resources: AccountChanges(
        settings=resources.get(AuthSettings),
        accounts=resources.get(Accounts),
        sessions=resources.get(Sessions),
        proofs=resources.get(Proofs),
        messenger=resources.get(Messenger),
    ),
    requires=(AuthSettings, Accounts, Sessions, Proofs, Messenger),
)
