"""What a request commits is published, also if the broker is away."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from httpx2 import AsyncClient

from app.features import Settings
from app.outbox import relay as relays
from shared.messaging.broker import connection
from shared.testing import Proxy, client, wait_until
from shared.testing.proxy import broker_proxy
from shared.testing.recorder import EventRecorder
from tests.outbox.sample import publishing_service
from tests.support.environment import API_KEY

NOTES = "/api/v1/notes"
KEY = {"X-API-Key": API_KEY}

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def flaky(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[AsyncClient, Proxy]]:
    """A service that publishes events of notes, and what stands between it and its broker."""
    # What is published is not found by polling.
    monkeypatch.setattr(relays, "POLL_SECONDS", 3600.0)
    monkeypatch.setattr(relays, "MAX_PAUSE_SECONDS", 0.2)
    monkeypatch.setattr(connection, "RETRY_SECONDS", 0.5)
    async with (
        broker_proxy(settings) as (between, moved),
        client(publishing_service(moved), headers=KEY) as connected,
    ):
        yield connected, between


async def test_what_is_committed_is_published_at_once_for_its_request(
    flaky: tuple[AsyncClient, Proxy], recorder: EventRecorder
) -> None:
    api, _ = flaky
    response = await api.post(NOTES, json={"title": "a"}, headers={"X-Request-ID": "abc-1"})
    assert response.status_code == 201
    [message] = await recorder.wait_for(1)
    assert (message.type, message.correlation_id) == ("note.written", "abc-1")
    assert message.data == {"kind": "added", "title": "a", "note_version": 1}


async def test_what_is_rolled_back_is_not_published(
    flaky: tuple[AsyncClient, Proxy], recorder: EventRecorder
) -> None:
    api, _ = flaky
    assert (await api.post(NOTES, json={"title": "a"})).status_code == 201
    assert (await api.post(NOTES, json={"title": "a"})).status_code == 409
    # The commit fails, when the event is already in its table.
    orphan = {"title": "b", "parent_id": "00000000-0000-4000-8000-000000000000"}
    assert (await api.post(NOTES, json=orphan)).status_code == 409
    assert (await api.post(NOTES, json={"title": "c"})).status_code == 201
    assert [message.data["title"] for message in await recorder.wait_for(2)] == ["a", "c"]


async def test_without_the_broker_all_is_served_and_published_later(
    flaky: tuple[AsyncClient, Proxy], recorder: EventRecorder
) -> None:
    api, between = flaky
    await between.cut()
    async with asyncio.timeout(relays.STOP_SECONDS):
        assert (await api.post(NOTES, json={"title": "a"})).status_code == 201
    assert (await api.get("/ready")).status_code == 200

    async def measured() -> bool:
        return "outbox_backlog 1.0" in (await api.get("/metrics")).text

    await wait_until(measured, what="a backlog in the metrics")
    await between.join()
    [message] = await recorder.wait_for(1)
    assert message.data["title"] == "a"
