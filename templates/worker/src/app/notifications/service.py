"""The rules about who is told what."""

from app.notifications.gateway import Notifier
from app.notifications.schemas import Notification
from shared.contracts.accounts import AccountMessage
from shared.contracts.users import UserCreated, UserFacts, UserUpdated

_WORDS: dict[str, tuple[str, str]] = {
    "welcome": ("Welcome", "Hello {name}, your account is ready."),
    "changed": ("Your account", "Hello {name}, your account was changed."),
    "deactivated": ("Your account", "Hello {name}, your account is no longer active."),
    "confirm-registration": (
        "Please confirm your address",
        "Hello {name}, somebody registered with this address. If it was you, confirm it: {proof}",
    ),
    "already-registered": (
        "You have an account",
        "Hello {name}, somebody registered with your address. If it was you, just log in.",
    ),
    "reset-password": (
        "Reset your password",
        "Hello {name}, if you asked for it, choose a new password with: {proof}",
    ),
    "confirm-address": (
        "Please confirm your new address",
        "Hello {name}, this address becomes the one of your account with: {proof}",
    ),
    "address-changed": (
        "Your address was changed",
        "Hello {name}, your account has another address now. If that was not you, tell us.",
    ),
    "password-changed": (
        "Your password was changed",
        "Hello {name}, your password was changed. If that was not you, have it reset.",
    ),
}


class Notifications:
    """Tells users what concerns them; every method raises what the notifier's raises."""

    def __init__(self, notifier: Notifier) -> None:
        self._notifier = notifier

    async def created(self, user: UserCreated, key: str) -> None:
        """Welcome a new user."""
        await self._tell("welcome", user, key)

    async def updated(self, user: UserUpdated, key: str) -> None:
        """Tell a user of a change to the account, or of its end."""
        await self._tell("changed" if user.is_active else "deactivated", user, key)

    async def account_message(self, message: AccountMessage, key: str) -> None:
        """Send what the service that holds accounts wants to be sent."""
        subject, text = _WORDS[message.kind]
        proof = message.link or message.token or ""
        await self._notifier.send(
            Notification(
                id=key,
                kind=message.kind,
                user_id=message.user_id,
                email=message.email,
                subject=subject,
                text=text.format(name=message.name, proof=proof),
            )
        )

    async def _tell(self, kind: str, user: UserFacts, key: str) -> None:
        # Somebody without an address can't be told.
        if user.email is None:
            return
        subject, text = _WORDS[kind]
        await self._notifier.send(
            Notification(
                id=key,
                kind=kind,
                user_id=user.user_id,
                email=user.email,
                subject=subject,
                text=text.format(name=user.name),
            )
        )
