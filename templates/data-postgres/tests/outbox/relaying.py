"""Relays, and events that a test looks at or lets fail."""

import asyncio
from itertools import count

from prometheus_client import CollectorRegistry
from sqlalchemy import func, select

from app.database import Database
from app.outbox.events import OutboxRecorder
from app.outbox.model import PendingEvent
from app.outbox.relay import OutboxMetrics, Relay
from shared.errors import UnavailableError
from shared.messaging.contract import Envelope
from shared.messaging.publishing import Events
from tests.outbox.sample import NOTE_EVENTS
from tests.support.notes import NoteRepository


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
    OutboxRecorder("tested", (NOTE_EVENTS,), lambda: None).attach(database)
    async with database.transaction() as session:
        notes = [await NoteRepository(session).add(title=title) for title in titles]
    for version in range(1, changes + 1):
        async with database.transaction() as session:
            for note in notes:
                repository = NoteRepository(session)
                await repository.change(note.id, version, title=f"{note.title}{version}")


async def waiting(database: Database) -> int:
    async with database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(PendingEvent)) or 0
