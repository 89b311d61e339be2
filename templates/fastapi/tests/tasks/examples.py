"""Tasks of the tests' own, and a service that offers them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app import tasks
from app.application import build_application
from app.features import FEATURES, Settings
from app.tasks.offer import Offer
from app.tasks.resources import OFFER, RESOURCES
from shared.lifecycle import Resource, Resources
from shared.messaging.contract import Retries, Task
from shared.web import Service
from tests.support.access import FakeAccess, opened_to

TASKS = "/api/v1/tasks"


class Paint(BaseModel):
    """What to paint."""

    model_config = ConfigDict(extra="forbid")

    colour: Literal["red", "blue"]
    coats: int = Field(default=1, ge=1, le=9)


class Painted(BaseModel):
    """What was painted."""

    colour: str


RETRIES = Retries(attempts=2, first_seconds=0.1, jitter=0)
PAINT = Task(name="paint", queue="painting", payload=Paint, retries=RETRIES)
# Nobody has ever taken these.
DREAM = Task(name="dream", queue="dreaming", payload=Paint)
RED = {"type": "paint", "payload": {"colour": "red"}}


@asynccontextmanager
async def open_offer(_: Resources) -> AsyncIterator[Offer]:
    """Offer these."""
    yield Offer((PAINT, DREAM))


def offering(settings: Settings) -> Service:
    """Return the service with these tasks on offer, to everybody."""
    own = Resource(provides=Offer, open=open_offer)
    parts = tuple(own if part is OFFER else part for part in RESOURCES)
    opens = [replace(each, resources=parts) for each in (tasks.feature, tasks.stats)]
    names = {each.name for each in opens}
    others = [each for each in FEATURES if each.name not in names]
    opened = opened_to(FakeAccess(), (*others, *opens))
    return build_application(settings, features=opened)
