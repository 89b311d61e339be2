"""What is told of users."""

from app.changes import Change, Kind
from app.outbox.facts import Fact, TableEvents
from app.users.model import User
from shared.contracts.users import UserCreated, UserDeleted, UserUpdated, user_event_id

_NAMES = ("name", "email", "role", "is_active")


def told(user: User, change: Change) -> Fact:
    """Return the event of this change; a new password is an update in which nothing is new."""
    event = _event(user, change.kind)
    event_id = user_event_id(event.type, event.user_id, event.user_version)
    return Fact(event=event, event_id=event_id)


def _event(user: User, kind: Kind) -> UserCreated | UserUpdated | UserDeleted:
    if user.deleted_at is not None:
        return UserDeleted(user_id=user.id, user_version=user.version)
    event = UserCreated if kind == Kind.ADDED else UserUpdated
    facts = {"user_id": user.id, "user_version": user.version}
    return event.model_validate(facts | {name: getattr(user, name) for name in _NAMES})


USER_EVENTS = TableEvents(model=User, tell=told)
