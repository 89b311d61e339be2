"""Writes the event of each change into the outbox, in the change's own transaction."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import event, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.changes import Change
from app.database import Database
from app.outbox.facts import TableEvents
from app.outbox.model import Pending
from app.outbox.relay import Relay
from app.outbox.settings import OutboxSettings
from shared.lifecycle import Resource, Resources
from shared.messaging.contract import Envelope


class Recorder:
    """Listens to a database; other tables' changes are nothing to tell."""

    def __init__(
        self, source: str, tables: Sequence[TableEvents], wake: Callable[[], None]
    ) -> None:
        self._source, self._wake = source, wake
        self._tables = {each.model: each for each in tables}

    async def __call__(self, session: AsyncSession, change: Change) -> None:
        """Write the event of this change; once it is committed, have it sent."""
        table = self._tables.get(type(change.record))
        if table is None:
            return
        fact = table.tell(change.record, change)
        envelope = Envelope.of(fact.event, self._source, fact.event_id)
        row = insert(Pending).values(
            aggregate=f"{change.record.__tablename__}:{change.record.id}",
            envelope=envelope.model_dump(mode="json"),
        )
        await session.execute(row)
        event.listen(session.sync_session, "after_commit", self._committed, once=True)

    def _committed(self, _: object) -> None:
        self._wake()


def recorder_of(tables: Sequence[TableEvents]) -> Resource[Recorder]:
    """Return the recorder of these tables' events as a resource."""

    @asynccontextmanager
    async def opened(resources: Resources) -> AsyncIterator[Recorder]:
        settings, relay = resources.get(OutboxSettings), resources.get(Relay)
        recorder = Recorder(settings.service_name, tables, relay.wake)
        resources.get(Database).listen(recorder)
        yield recorder

    requires = (OutboxSettings, Database, Relay)
    return Resource(provides=Recorder, open=opened, requires=requires)
