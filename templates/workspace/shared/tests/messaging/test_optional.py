"""A service serves on while a broker that is optional to it is away."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from shared.errors import UnavailableError
from shared.messaging.broker import open_broker
from shared.testing import wait_until
from shared.testing.processes import free_port
from shared.testing.proxy import Proxy, through
from tests.support.messages import RecordingHandler, note_task

if TYPE_CHECKING:
    from shared.messaging.settings import TaskSettings
    from tests.support.sides import Side


async def test_an_optional_broker_may_come_later(
    tasks: TaskSettings, queue: str, one: Side
) -> None:
    await one.consume_notes(RecordingHandler(), note_task(queue))
    address = urlsplit(tasks.amqp_url.get_secret_value())
    late = Proxy(address.hostname or "", address.port or 5672)
    late.port = free_port()

    async with open_broker(through(tasks, late.port), optional=True) as broker:
        with pytest.raises(UnavailableError):
            await broker.ping()
        await late.join()

        async def connected() -> bool:
            try:
                await broker.ping()
            except UnavailableError:
                return False
            return True

        await wait_until(connected, what="the connection")
        assert await broker.depth(f"tasks.{queue}") is not None
    await late.cut()


async def test_one_that_never_comes_keeps_nothing_from_closing(tasks: TaskSettings) -> None:
    async with open_broker(through(tasks, free_port()), optional=True):
        pass
