"""Announcers as several processes would have them, and an event for them to publish."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar
from uuid import NAMESPACE_OID, uuid5

from prometheus_client import CollectorRegistry

from app.events import Announcer
from app.events.intent import DomainEvent, Intent
from app.events.intents import Intents
from app.events.resources import RESOURCES
from app.features import Settings
from shared.lifecycle import Lifecycle
from shared.messaging.contract import EventData
from shared.settings import ServiceSettings
from shared.testing import wait_until
from tests.support.redis import redis_store

KIND = "thing.made"


class ThingMade(EventData):
    """A thing was made."""

    type: ClassVar[str] = KIND

    name: str


def to_event(name: str) -> DomainEvent:
    """Return the event of this thing."""
    return DomainEvent(data=ThingMade(name=name), event_id=uuid5(NAMESPACE_OID, name))


def intent(name: str) -> Intent:
    """Return what is remembered of a thing that is about to be made."""
    return Intent(kind=KIND, subject={"name": name})


async def make() -> str:
    """Make the thing."""
    return "a"


async def found(seen: Intent) -> DomainEvent | None:
    """Find that the thing was made, unless its name says otherwise."""
    name = seen.subject["name"]
    return None if name == "unmade" else to_event(name)


@asynccontextmanager
async def announcing(settings: Settings) -> AsyncIterator[Announcer]:
    """Yield the announcer of one process."""
    kinds = (kind for kind in type(settings).__mro__ if issubclass(kind, ServiceSettings))
    given: dict[type, object] = dict.fromkeys(kinds, settings)
    given[CollectorRegistry] = CollectorRegistry()
    async with Lifecycle(RESOURCES, given) as resources:
        announcer = resources.get(Announcer)
        announcer.watch(KIND, found)
        yield announcer


async def wait_for_none_left(settings: Settings) -> None:
    """Return when no process has anything left to tell."""
    async with redis_store(settings) as store:

        async def none_left() -> bool:
            return await Intents(store).take(0, 0) == (0, [])

        await wait_until(none_left, what="no intents any more")


def at_once(settings: Settings) -> Settings:
    """Return settings by which a change that may be going on is looked at."""
    return settings.model_copy(update={"event_grace_seconds": 0})
