"""Each event is sent, and of one record in its order, however many processes send."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from itertools import count

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import func, select

from app.database import Database
from app.outbox import relay as relays
from app.outbox.metrics import OutboxMetrics
from app.outbox.model import Pending
from app.outbox.recorder import Recorder
from app.outbox.relay import Relay
from shared.errors import UnavailableError
from shared.messaging.contract import Envelope
from shared.messaging.publishing import Events
from shared.testing import wait_until
from tests.outbox.noted import NOTE_EVENTS, NoteWritten
from tests.support.notes import Note, NoteRepository


class Slow(Events):
    """Takes its time, another one for each event, and remembers what it was given."""

    def __init__(self) -> None:
        self.sent: list[Envelope[object]] = []
        self.failing = False
        self._turns = count()

    async def relay(self, envelope: Envelope[object]) -> None:
        """Take it, or fail afterwards."""
        await asyncio.sleep(next(self._turns) * 7 % 10 / 1000)
        self.sent.append(envelope)
        if self.failing:
            raise UnavailableError("no confirm came")


def relay_of(database: Database, events: Events) -> Relay:
    return Relay(database, events, OutboxMetrics(CollectorRegistry()))


async def write_notes(database: Database, titles: str, changes: int) -> None:
    """Write notes and change each of them, several in one transaction."""
    database.listen(Recorder("tested", (NOTE_EVENTS,), lambda: None))
    async with database.transaction() as session:
        notes = [await NoteRepository(session).add(Note(title=title)) for title in titles]
    for version in range(1, changes + 1):
        async with database.transaction() as session:
            for note in notes:
                repository = NoteRepository(session)
                await repository.change(note.id, version, title=f"{note.title}{version}")


async def waiting(database: Database) -> int:
    async with database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(Pending)) or 0


@pytest.fixture
def own(filled_database: Database) -> Database:
    """The database, with listeners of this test only."""
    return Database(filled_database.engine)


@pytest.mark.usefixtures("database")
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


@pytest.mark.usefixtures("database")
async def test_what_got_no_confirm_is_sent_again_as_the_same_event(own: Database) -> None:
    await write_notes(own, "a", changes=1)
    events = Slow()
    relay, events.failing = relay_of(own, events), True
    with pytest.raises(UnavailableError):
        await relay.send_some()
    assert await waiting(own) == 2
    events.failing = False
    while await relay.send_some():
        pass
    assert await waiting(own) == 0
    first, again, second = events.sent
    assert first == again
    assert first.id != second.id


@pytest.mark.usefixtures("database")
async def test_a_relay_that_stops_sends_first_what_was_written(own: Database) -> None:
    await write_notes(own, "abc", changes=0)
    relay = relay_of(own, Slow())
    relay.stop()
    await relay.run()
    assert await waiting(own) == 0


@pytest.mark.usefixtures("database")
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
    monkeypatch.undo()
    assert await relay.send_some()


def failing_with(failure: Exception) -> Callable[[object], Awaitable[None]]:
    async def relay(_: object) -> None:
        raise failure

    return relay
