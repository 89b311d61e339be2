"""The rules about who is told what."""

from app.notifications.gateway import Notifier
from app.notifications.schemas import Kind, Notification
from shared.contracts.users import UserCreated, UserFacts, UserUpdated

_WORDS: dict[Kind, tuple[str, str]] = {
    "welcome": ("Welcome", "Hello {name}, your account is ready."),
    "changed": ("Your account", "Hello {name}, your account was changed."),
    "deactivated": ("Your account", "Hello {name}, your account is no longer active."),
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

    async def _tell(self, kind: Kind, user: UserFacts, key: str) -> None:
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
