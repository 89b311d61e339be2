"""Changes of users, published to whoever listens."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from functools import partial
from typing import ClassVar
from uuid import UUID

from typing_extensions import override

from app.events.announcer import Announcer
from app.events.intent import DomainEvent, Intent
from app.idempotency import NO_KEY, IdempotencyKey
from app.user_gateway import USER, USERS, User, UserGateway
from shared.contracts.users import UserCreated, UserFacts, UserUpdated, user_event_id
from shared.errors import NotFoundError
from shared.lifecycle import Resources
from shared.messaging.contract import EventData

ADDED, CHANGED = UserCreated.type, UserUpdated.type
USER_BY_EMAIL = f"{USERS}/by-email"
# How far the clocks of this service and of the database may be apart.
CLOCKS_APART = timedelta(minutes=1)


class AnnouncedUsers(UserGateway):
    """Publishes what was changed. What a crash left, it looks for in the data service."""

    requires: ClassVar[tuple[type, ...]] = (Announcer,)
    publishes: ClassVar[tuple[type[EventData], ...]] = (UserCreated, UserUpdated)

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._announcer = resources.get(Announcer)
        self._announcer.watch(ADDED, self._find_added)
        self._announcer.watch(CHANGED, self._find_changed)

    @override
    async def add(self, new: Mapping[str, object], key: IdempotencyKey = NO_KEY) -> User:
        """Add a user."""
        intent = Intent(kind=ADDED, subject={"email": str(new["email"])})
        return await self._announcer.announce(intent, partial(super().add, new, key), to_created)

    @override
    async def update(
        self, user_id: UUID, changes: Mapping[str, object], key: IdempotencyKey = NO_KEY
    ) -> User:
        """Change what is named."""
        subject, version = {"user_id": str(user_id)}, int(str(changes["version"]))
        intent = Intent(kind=CHANGED, subject=subject, version=version)
        make = partial(super().update, user_id, changes, key)
        to_event = partial(to_updated, changed=set(changes) - {"version"})
        return await self._announcer.announce(intent, make, to_event)

    async def _find_added(self, intent: Intent) -> DomainEvent | None:
        """Return the event, unless the user is not there or was there before."""
        try:
            user = await self._client.get(USER_BY_EMAIL, params=intent.subject, into=User)
        except NotFoundError:
            return None
        return to_created(user) if user.created_at >= intent.recorded_at - CLOCKS_APART else None

    async def _find_changed(self, intent: Intent) -> DomainEvent | None:
        """Return the event of what the user is now, unless they are as they were."""
        try:
            user = await self._client.get(USER, path_params=intent.subject, into=User)
        except NotFoundError:
            return None
        return to_updated(user) if user.version > intent.version else None


def to_created(user: User) -> DomainEvent:
    """Return the event of a user's beginning, which every user has once."""
    data = UserCreated.model_validate(_facts(user))
    return DomainEvent(data=data, event_id=user_event_id(ADDED, user.id, 1))


def to_updated(user: User, changed: Collection[str] = ()) -> DomainEvent:
    """Return the event of a change of these fields; none where they are not known."""
    data = UserUpdated.model_validate(_facts(user) | {"changed": sorted(changed)})
    return DomainEvent(data=data, event_id=user_event_id(CHANGED, user.id, user.version))


def _facts(user: User) -> dict[str, object]:
    known = user.model_dump() | {"user_id": user.id, "user_version": user.version}
    return {name: known[name] for name in UserFacts.model_fields}
