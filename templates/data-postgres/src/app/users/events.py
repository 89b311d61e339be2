"""The events of users."""

from typing import Any

from sqlalchemy import Row

from app.database import ChangeKind, RecordChange
from app.outbox import DomainEvent, TableEvents, values_for
from app.users.model import User
from shared.contracts.users import UserCreated, UserDeleted, UserUpdated, user_event_id


def to_event(user: Row[Any], change: RecordChange) -> DomainEvent | None:
    """Return the event of this change; none where nothing became another value."""
    event = _event(user, change)
    if event is None:
        return None
    return DomainEvent(
        event=event, event_id=user_event_id(event.type, event.user_id, event.user_version)
    )


def _event(user: Row[Any], change: RecordChange) -> UserCreated | UserUpdated | UserDeleted | None:
    names = {"user_id": user.id, "user_version": user.version}
    if user.deleted_at is not None:
        return UserDeleted.model_validate(names)
    if change.kind == ChangeKind.ADDED:
        return UserCreated.model_validate(names | values_for(UserCreated, user))
    if not change.fields:
        return None
    # Consumers are told that the password is another one, and never what it or its hash is.
    changed = sorted("password" if name == "password_hash" else name for name in change.fields)
    return UserUpdated.model_validate(names | values_for(UserUpdated, user) | {"changed": changed})


USER_EVENTS = TableEvents(
    model=User, events=(UserCreated, UserUpdated, UserDeleted), to_event=to_event
)
