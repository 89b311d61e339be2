"""What people are told about their accounts; the service that knows their passwords asks for it."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.messaging.contract import Task, TaskPayload


class AccountMessage(TaskPayload):
    """A message to the person at `email`, who need not be a user yet.

    `kind` is "confirm-registration", "already-registered", "reset-password", "confirm-address",
    "address-changed", "password-changed" or "deactivated"; others may be added.
    `token` is what they prove with that they got it, once and until `expires_at`; `link` carries
    it to a page, if the asking service knows one. Neither belongs into a log.
    """

    kind: str
    email: str = Field(repr=False)
    name: str
    user_id: UUID | None = None
    token: str | None = Field(default=None, repr=False)
    link: str | None = Field(default=None, repr=False)
    expires_at: datetime | None = None


SEND_ACCOUNT_MESSAGE = Task(
    name="notifications.account-message", queue="notifications", payload=AccountMessage
)
