"""What tasks open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.messaging import MESSAGING
from app.tasks.contracts import TASKS
from app.tasks.offer import Offer
from app.tasks.service import TaskDesk
from shared.lifecycle import Resource, Resources
from shared.messaging.publishing import Messaging


@asynccontextmanager
async def open_offer(_: Resources) -> AsyncIterator[Offer]:
    """Offer what is in the list."""
    yield Offer(TASKS)


@asynccontextmanager
async def open_desk(resources: Resources) -> AsyncIterator[TaskDesk]:
    """Use the broker's connection of this process."""
    yield TaskDesk(resources.get(Messaging), resources.get(Offer))


OFFER = Resource(provides=Offer, open=open_offer)
DESK = Resource(provides=TaskDesk, open=open_desk, requires=(Messaging, Offer))
RESOURCES = (*MESSAGING, OFFER, DESK)
