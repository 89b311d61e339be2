"""Messages to people about their accounts: what is in them, and who sends them."""

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta

import structlog

from app.auth.settings import AuthSettings
from app.user_gateway import User
from shared.contracts.accounts import AccountMessage
from shared.errors import ServiceError

_log = structlog.stdlib.get_logger(__name__)


class Messenger(ABC):
    """Has messages sent: by tasks in `task_messages.py`, or only written in `log_messages.py`."""

    @abstractmethod
    def check(self) -> None:
        """Raise `NoMessagesError` if this service can have none sent."""

    @abstractmethod
    async def send(self, message: AccountMessage, key: str | None = None) -> None:
        """Have it sent; with the same key once. May raise `UnavailableError`."""

    async def notify(self, message: AccountMessage, key: str | None = None) -> None:
        """Have it sent if that is possible: what it tells of has been done already."""
        try:
            self.check()
            await self.send(message, key)
        except ServiceError as error:
            _log.warning("an account message is not sent", kind=message.kind, code=error.code)


def message_to(user: User, kind: str, email: str | None = None) -> AccountMessage:
    """Return what tells a user of something, at their address or at the one that is given."""
    address = email or user.email or ""
    return AccountMessage(kind=kind, email=address, name=user.name, user_id=user.id)


def with_proof(
    message: AccountMessage, token: str, seconds: int, settings: AuthSettings
) -> AccountMessage:
    """Return the message with a token that comes back as a proof, and a link to the page for it."""
    page = settings.account_pages_url
    # Behind a `#` it stays in the browser: no server's log and no Referer has it.
    link = f"{page}/{message.kind}#token={token}" if page else None
    expires_at = datetime.now(UTC) + timedelta(seconds=seconds)
    return message.model_copy(update={"token": token, "link": link, "expires_at": expires_at})
