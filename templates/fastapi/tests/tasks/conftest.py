"""A worker for the run, and a service that gives it tasks."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest
from httpx2 import AsyncClient
from prometheus_client import CollectorRegistry

from app.features import Settings
from app.messaging import MessagingSettings
from shared.contracts.analytics import MakeReport, Report
from shared.lifecycle import Lifecycle, Resources
from shared.messaging.consuming import (
    MessageConsumer,
    MessageContext,
    TaskHandler,
    consuming_resources,
)
from shared.testing import client
from tests.support.access import FakeAccess
from tests.support.environment import messaging_prefix
from tests.tasks.examples import QUICKLY_RETRIED, served_to


class Reporter:
    """Makes reports; a test may hold it up or have it fail."""

    def __init__(self) -> None:
        self.done: list[MessageContext] = []
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self.done.clear()
        self.error: Exception | None = None
        self.going_on = asyncio.Event()
        self.going_on.set()

    async def report(self, asked: MakeReport, work: MessageContext, _: Resources) -> Report:
        """Do one task."""
        self.done.append(work)
        await self.going_on.wait()
        if self.error is not None:
            raise self.error
        return Report(day=asked.day, counts={"user.created": 1})


@pytest.fixture(scope="session")
async def working(urls: Mapping[str, str]) -> AsyncIterator[Reporter]:
    """Yield a worker that runs as long as the tests; use `reporter`."""
    reporter = Reporter()
    settings = MessagingSettings.model_validate(
        {
            "service_name": "reporter",
            "amqp_url": urls["AMQP_URL"],
            "redis_url": urls["REDIS_URL"],
            "messaging_prefix": messaging_prefix(),
        }
    )
    handler = TaskHandler(task=QUICKLY_RETRIED, handle=reporter.report)
    consumer = MessageConsumer(queue=QUICKLY_RETRIED.queue, handlers=(handler,))
    consuming = consuming_resources((consumer,), MessagingSettings)
    given: dict[type, object] = {
        MessagingSettings: settings,
        CollectorRegistry: CollectorRegistry(),
    }
    async with Lifecycle(consuming, given):
        yield reporter


@pytest.fixture
def reporter(working: Reporter) -> Reporter:
    """Return the worker as new."""
    working.reset()
    return working


@pytest.fixture
async def api(settings: Settings, reporter: Reporter) -> AsyncIterator[AsyncClient]:
    """Yield a client of a service in which every caller is one administrator."""
    assert reporter.done == []
    async with client(served_to(FakeAccess(), settings)) as connected:
        yield connected
