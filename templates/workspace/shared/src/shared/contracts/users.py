"""What is told about users; who keeps the data or who changes it tells it."""

from typing import ClassVar
from uuid import UUID, uuid5

from shared.messaging.contract import EventData

_NAMESPACE = UUID("6a2f9c1e-5d0b-4b7e-9f3a-8f5a3c0d7e21")


class UserFacts(EventData):
    """A user as they are after a change; `user_version` grows with each change of this user.

    Events may overtake each other: one whose version is below what is known is old news. `role` is
    "user" or "admin"; whoever does not know another one treats it as the former.
    """

    user_id: UUID
    user_version: int
    name: str
    email: str | None
    role: str
    is_active: bool


class UserCreated(UserFacts):
    """A user was added."""

    type: ClassVar[str] = "user.created"


class UserUpdated(UserFacts):
    """A user was changed; `changed` names the fields that have other values now.

    It names fields that the event does not carry too: `password` for another password. It is empty
    where whoever publishes the event does not know.
    """

    type: ClassVar[str] = "user.updated"

    changed: tuple[str, ...] = ()


class UserDeleted(EventData):
    """A user is gone."""

    type: ClassVar[str] = "user.deleted"

    user_id: UUID
    user_version: int


def user_event_id(kind: str, user_id: UUID, version: int) -> UUID:
    """Return the id of the event of this type about this version of a user.

    It is the same whoever tells the event, so a fact that is told twice takes effect once.
    """
    return uuid5(_NAMESPACE, f"{kind}:{user_id}:{version}")
