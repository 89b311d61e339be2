"""Each event is sent, and of one record in its order, however many processes send."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from pydantic import SecretStr

from app.database import Database, new_engine
from app.features import TABLES, Settings
from app.outbox import DomainEvent, publish_event
from app.outbox import relay as relays
from app.outbox.events import OutboxRecorder
from shared.errors import UnavailableError
from shared.messaging.contract import Envelope
from shared.testing import wait_until
from tests.outbox.relaying import Slow, relay_of, waiting, write_notes
from tests.outbox.sample import NoteWritten
from tests.support.databases import new_database
from tests.support.notes import Note


@pytest.fixture
async def own(settings: Settings, server: str) -> AsyncIterator[Database]:
    """A database from which nobody else sends."""
    async with new_database(server) as url:
        engine = new_engine(settings.model_copy(update={"database_url": SecretStr(url)}))
        async with engine.begin() as connection:
            for metadata in (TABLES, Note.metadata):
                await connection.run_sync(metadata.create_all)
        yield Database(engine)
        await engine.dispose()


async def test_several_relays_send_each_event_once_and_in_order(own: Database) -> None:
    await write_notes(own, "abcde", changes=8)
    events = Slow()
    tries = (relay_of(own, events) for _ in range(4))
    running = [asyncio.ensure_future(each.run()) for each in tries]

    async def all_sent() -> bool:
        return await waiting(own) == 0

    await wait_until(all_sent, what="an empty table")
    for each in running:
        each.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    versions = defaultdict(list)
    for envelope in events.sent:
        data = Envelope[NoteWritten].model_validate(envelope.model_dump()).data
        versions[data.title[0]].append(data.note_version)
    assert versions == {title: list(range(1, 10)) for title in "abcde"}


async def test_what_got_no_confirm_is_sent_again_as_the_same_event(own: Database) -> None:
    await write_notes(own, "a", changes=1)
    events = Slow()
    relay, events.failing = relay_of(own, events), True
    with pytest.raises(UnavailableError):
        await relay.publish_some()
    assert await waiting(own) == 2
    events.failing = False
    while await relay.publish_some():
        pass
    assert await waiting(own) == 0
    first, again, second = events.sent
    assert first == again
    assert first.id != second.id


async def test_a_relay_that_stops_sends_first_what_was_written(own: Database) -> None:
    await write_notes(own, "abc", changes=0)
    relay = relay_of(own, Slow())
    relay.stop()
    await relay.run()
    assert await waiting(own) == 0


async def test_an_event_that_is_no_change_is_published_with_its_transaction(
    own: Database,
) -> None:
    OutboxRecorder("tested", (), lambda: None).attach(own)
    event = NoteWritten(kind="noticed", title="a", note_version=0)
    for domain_event in (DomainEvent(event=event), DomainEvent(event=event)):
        async with own.transaction() as session:
            await publish_event(session, domain_event, about="notes:1")
    with pytest.raises(ZeroDivisionError):
        await publish_and_fail(own, DomainEvent(event=event))
    events = Slow()
    relay = relay_of(own, events)
    while await relay.publish_some():
        pass
    assert [envelope.type for envelope in events.sent] == ["note.written"] * 2
    assert len({envelope.id for envelope in events.sent}) == 2


async def publish_and_fail(database: Database, domain_event: DomainEvent) -> None:
    async with database.transaction() as session:
        await publish_event(session, domain_event, about="notes:1")
        raise ZeroDivisionError


async def test_no_failure_ends_a_relay(own: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relays, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(relays, "MAX_PAUSE_SECONDS", 0.02)
    await write_notes(own, "a", changes=0)
    events = Slow()
    relay = relay_of(own, events)
    for failure in (RuntimeError("a bug"), UnavailableError("away")):
        monkeypatch.setattr(events, "relay", failing_with(failure))
        running = asyncio.ensure_future(relay.run())
        await asyncio.wait((running,), timeout=0.1)
        assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    monkeypatch.undo()
    assert await relay.publish_some()


def failing_with(failure: Exception) -> Callable[[object], Awaitable[None]]:
    async def relay(_: object) -> None:
        raise failure

    return relay
