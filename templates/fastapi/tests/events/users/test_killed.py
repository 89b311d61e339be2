"""What nobody has told is found out from the data service."""

import asyncio
import signal
from functools import partial
from uuid import UUID

import pytest
from httpx2 import Response as Answer
from httpx2 import TransportError

from app.features import Settings
from shared.contracts.users import user_event_id
from shared.testing import wait_until
from shared.testing.provider import Fault, Provider, answering
from shared.testing.recorder import EventRecorder
from tests.events.users.examples import ADA, USERS
from tests.support.processes import served
from tests.support.users import FakeUsers


def event_id(kind: str, user_id: str, version: int) -> str:
    return str(user_event_id(kind, UUID(user_id), version))


def add_and_hang(users: FakeUsers, added: asyncio.Event, never: asyncio.Event) -> Fault:
    """Return a data service that adds the user once, and gives no answer to anything."""

    async def fault() -> Answer | None:
        if not added.is_set():
            await users.add({name: value for name, value in ADA.items() if name != "password"})
            added.set()
        await never.wait()
        return None

    return fault


async def test_who_was_registered_by_a_killed_process_is_told_by_the_next_one(
    settings: Settings, provider: Provider, users: FakeUsers, recorder: EventRecorder
) -> None:
    added, never = asyncio.Event(), asyncio.Event()
    adding = add_and_hang(users, added, never)
    # Should the first process look before it is killed, it gets no answer either.
    quick = partial(served, EVENT_GRACE_SECONDS="1", REDIS_PREFIX=settings.redis_prefix)
    async with quick() as (process, client):
        provider.fault = adding
        asked = asyncio.ensure_future(client.post(USERS, json=ADA))
        await added.wait()
        process.send_signal(signal.SIGKILL)
        await process.wait()
        with pytest.raises(TransportError):
            await asked
    never.set()
    provider.fault = None
    assert recorder.messages == []
    async with quick():
        # It may have to wait until what the first one had taken is free again.
        [message] = await recorder.wait_for(1, timeout_seconds=60)
    [user_id] = users.records
    assert message.id == event_id("user.created", user_id, 1)


async def test_who_was_not_registered_after_all_is_not_told(
    settings: Settings, provider: Provider, users: FakeUsers, recorder: EventRecorder
) -> None:
    assert users.records == {}
    prefix = settings.redis_prefix
    async with served(EVENT_GRACE_SECONDS="0", REDIS_PREFIX=prefix) as (_, client):
        provider.fault = answering(503)
        assert (await client.post(USERS, json=ADA)).status_code == 503
        provider.fault = None

        async def looked() -> bool:
            return "GET /api/v1/users/by-email" in provider.calls

        await wait_until(looked, what="a look at the data service")
    assert recorder.messages == []
