"""The rules about who is told what."""

from datetime import UTC, datetime
from uuid import UUID

import structlog

from app.notifications.gateway import NotificationState, Notifier
from app.notifications.texts import Notification, to_words
from shared.contracts.accounts import AccountMessage
from shared.contracts.users import UserCreated, UserFacts, UserUpdated

# Fields that people know as theirs. What concerns passwords and addresses is told by whoever
# changes them, and a password that was only stored in another way concerns nobody.
_SHOWN = frozenset({"name", "email", "role"})

_log = structlog.stdlib.get_logger(__name__)


class Notifications:
    """Tells users what concerns them; every method raises what notifier and state raise."""

    def __init__(self, notifier: Notifier, state: NotificationState) -> None:
        self._notifier, self._state = notifier, state

    async def created(self, user: UserCreated, key: str) -> None:
        """Welcome a new user, also when later news came first."""
        await self._state.advance(user.user_id, user.user_version)
        await self._notify("welcome", user, key)

    async def updated(self, user: UserUpdated, key: str) -> None:
        """Tell a user of a change that they can see; old news and unknown changes are none."""
        if not await self._state.advance(user.user_id, user.user_version):
            _log.info("old news", user_id=str(user.user_id), version=user.user_version)
        elif "is_active" in user.changed:
            await self._activity_changed(user, key)
        elif _SHOWN & set(user.changed):
            await self._notify("changed", user, key)

    async def account_message(self, message: AccountMessage, key: str) -> None:
        """Send what the service that holds accounts wants to be sent, unless it is of no use."""
        if message.expires_at is not None and message.expires_at <= datetime.now(UTC):
            _log.warning("an account message has expired", kind=message.kind)
            return
        if message.kind == "deactivated" and not await self._is_first(message.user_id, key):
            return
        subject, text = to_words(
            message.kind, name=message.name, proof=message.link or message.token or ""
        )
        await self._notifier.send(
            Notification(
                id=key,
                kind=message.kind,
                user_id=message.user_id,
                email=message.email,
                subject=subject,
                text=text,
            )
        )

    async def _activity_changed(self, user: UserUpdated, key: str) -> None:
        if user.is_active:
            await self._state.reactivate(user.user_id)
            await self._notify("reactivated", user, key)
        elif await self._is_first(user.user_id, key):
            await self._notify("deactivated", user, key)

    async def _is_first(self, user_id: UUID | None, key: str) -> bool:
        """Say whether this message is the one that says it: event and account message both do."""
        return user_id is None or await self._state.deactivate(user_id, key)

    async def _notify(self, kind: str, user: UserFacts, key: str) -> None:
        # Somebody without an address can't be told.
        if user.email is None:
            return
        subject, text = to_words(kind, name=user.name)
        await self._notifier.send(
            Notification(
                id=key,
                kind=kind,
                user_id=user.user_id,
                email=user.email,
                subject=subject,
                text=text,
            )
        )
