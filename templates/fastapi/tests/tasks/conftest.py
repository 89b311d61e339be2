"""A worker for the run, and a service that gives it tasks."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from httpx2 import AsyncClient
from prometheus_client import CollectorRegistry

from app.features import Settings
from app.messaging import MessagingSettings
from shared.lifecycle import Lifecycle, Resources
from shared.messaging.consuming import Consumer, TaskHandler, Work, consuming_resource
from shared.messaging.publishing import MESSAGING_METRICS
from shared.testing import client
from tests.support.environment import MESSAGING_PREFIX
from tests.tasks.examples import PAINT, Paint, Painted, offering


class Painter:
    """Paints; a test may hold it up or have it fail."""

    def __init__(self) -> None:
        self.done: list[Work] = []
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self.done.clear()
        self.error: Exception | None = None
        self.going_on = asyncio.Event()
        self.going_on.set()

    async def paint(self, paint: Paint, work: Work, _: Resources) -> Painted:
        """Do one task."""
        self.done.append(work)
        await self.going_on.wait()
        if self.error is not None:
            raise self.error
        return Painted(colour=paint.colour)


@pytest.fixture(scope="session")
async def working(amqp_url: str, redis_url: str) -> AsyncIterator[Painter]:
    """Yield a worker that runs as long as the tests; use `painter`."""
    painter = Painter()
    settings = MessagingSettings.model_validate(
        {
            "service_name": "painter",
            "amqp_url": amqp_url,
            "redis_url": redis_url,
            "messaging_prefix": MESSAGING_PREFIX,
        }
    )
    consumer = Consumer(
        queue=PAINT.queue, handlers=(TaskHandler(task=PAINT, handle=painter.paint),)
    )
    consuming = consuming_resource((consumer,), MessagingSettings)
    given: dict[type, object] = {
        MessagingSettings: settings,
        CollectorRegistry: CollectorRegistry(),
    }
    async with Lifecycle((MESSAGING_METRICS, consuming), given):
        yield painter


@pytest.fixture
def painter(working: Painter) -> Painter:
    """Return the worker as new."""
    working.reset()
    return working


@pytest.fixture
async def api(settings: Settings, painter: Painter) -> AsyncIterator[AsyncClient]:
    """Yield a client of a service that gives the worker tasks."""
    assert painter.done == []
    async with client(offering(settings)) as connected:
        yield connected
