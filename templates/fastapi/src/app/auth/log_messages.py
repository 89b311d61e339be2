"""Writes the messages about accounts into the log, in development; in production there are none.

A service that is to send them has the feature `events` or `tasks`.
"""

import structlog
from pydantic import ValidationInfo, field_validator
from typing_extensions import override

from app.auth.errors import NoMessagesError
from app.auth.messages import Messenger
from app.auth.settings import AuthSettings
from shared.contracts.accounts import AccountMessage
from shared.lifecycle import Resource, Resources
from shared.web import Feature

_log = structlog.stdlib.get_logger(__name__)


class MessageSettings(AuthSettings):
    """Refuses what nobody could ever complete."""

    @field_validator("confirm_addresses")
    @classmethod
    def _can_be_confirmed(cls, value: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - a field
        if value and info.data.get("environment") == "production":
            raise ValueError("in production it takes the feature events or tasks to send messages")
        return value


class LogMessenger(Messenger):
    """Shows a developer what people would get."""

    def __init__(self, resources: Resources) -> None:
        self._is_shown = resources.get(AuthSettings).environment == "development"

    @override
    def check(self) -> None:
        """Refuse in production: a token in a log is one that others can use."""
        if not self._is_shown:
            raise NoMessagesError("This service cannot send messages.")

    @override
    async def send(self, message: AccountMessage, key: str | None = None) -> None:
        """Log it, token included."""
        self.check()
        _log.info("account message", **message.model_dump(mode="json", exclude_none=True))


MESSENGER = Resource(provides=Messenger, factory=LogMessenger, requires=(AuthSettings,))

feature = Feature(name="account-messages", resources=(MESSENGER,))
