"""Changes of users, told to whoever listens."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from app.changes import Changes
from app.data_service import DATA_SERVICE
from app.events.announcer import Announcer
from app.events.intent import Fact, Intent
from app.events.resources import RESOURCES
from app.people import USER, USERS, User
from shared.contracts.users import UserCreated, UserFacts, UserUpdated, user_event_id
from shared.errors import NotFoundError
from shared.http import CLIENT_METRICS, DataServiceClient
from shared.lifecycle import Resource, Resources
from shared.web import Feature

ADDED, CHANGED = UserCreated.type, UserUpdated.type
USER_BY_EMAIL = f"{USERS}/by-email"
# How far the clocks of this service and of the database may be apart.
CLOCKS_APART = timedelta(minutes=1)


class ToldChanges(Changes):
    """Makes changes and tells of them."""

    def __init__(self, announcer: Announcer) -> None:
        self._announcer = announcer

    async def add(self, email: str, make: Callable[[], Awaitable[User]], /) -> User:
        """Return the user whom `make` adds, and tell that they were added."""
        intent = Intent(kind=ADDED, subject={"email": email})
        return await self._announcer.announce(intent, make, created)

    async def change(
        self, user_id: UUID, version: int, make: Callable[[], Awaitable[User]], /
    ) -> User:
        """Return the user as `make` has changed them, and tell what they are now."""
        intent = Intent(kind=CHANGED, subject={"user_id": str(user_id)}, version=version)
        return await self._announcer.announce(intent, make, updated)


class Looks:
    """Asks the data service what became of a change that nobody told of."""

    def __init__(self, client: DataServiceClient) -> None:
        self._client = client

    async def added(self, intent: Intent) -> Fact | None:
        """Say that the user was added, unless they are not there or were there before."""
        try:
            user = await self._client.get(USER_BY_EMAIL, params=intent.subject, into=User)
        except NotFoundError:
            return None
        return created(user) if user.created_at >= intent.recorded_at - CLOCKS_APART else None

    async def changed(self, intent: Intent) -> Fact | None:
        """Say what the user is now, unless they are as they were."""
        try:
            user = await self._client.get(USER, path_params=intent.subject, into=User)
        except NotFoundError:
            return None
        return updated(user) if user.version > intent.version else None


def created(user: User) -> Fact:
    """Return the event of a user's beginning, which every user has once."""
    facts = UserCreated.model_validate(_facts(user))
    return Fact(event=facts, event_id=user_event_id(ADDED, user.id, 1))


def updated(user: User) -> Fact:
    """Return the event of a change."""
    facts = UserUpdated.model_validate(_facts(user))
    return Fact(event=facts, event_id=user_event_id(CHANGED, user.id, user.version))


def _facts(user: User) -> dict[str, object]:
    known = user.model_dump() | {"user_id": user.id, "user_version": user.version}
    return {name: known[name] for name in UserFacts.model_fields}


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[Changes]:
    """Tell of changes, and find out about those that were left."""
    announcer, looks = resources.get(Announcer), Looks(resources.get(DataServiceClient))
    announcer.watch(ADDED, looks.added)
    announcer.watch(CHANGED, looks.changed)
    yield ToldChanges(announcer)


CHANGES = Resource(provides=Changes, open=opened, requires=(DataServiceClient, Announcer))

feature = Feature(name="changes", resources=(CLIENT_METRICS, DATA_SERVICE, *RESOURCES, CHANGES))
