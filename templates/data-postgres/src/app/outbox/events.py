"""Which events there are of the records of a table, and how an event gets into the outbox."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Row, Table, event, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.base import Record
from app.database import Database, RecordChange
from app.outbox.model import PendingEvent
from app.outbox.relay import OutboxSettings, Relay
from shared.lifecycle import Resource, Resources
from shared.messaging.contract import Envelope, EventData

# Where a session keeps the outbox of its database.
_OUTBOX = "outbox"
_INSERT = insert(cast("Table", PendingEvent.__table__))


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """An event with its id; one that can be published twice has the same both times."""

    event: EventData
    event_id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, kw_only=True)
class TableEvents:
    """The events of one table's records.

    Attributes:
        events: all that `to_event` may give, for `asyncapi.json`.
        to_event: the event of a change, or None for one that is nobody else's business.
    """

    model: type[Record]
    events: tuple[type[EventData], ...]
    to_event: Callable[[Row[Any], RecordChange], DomainEvent | None]


class OutboxRecorder:
    """Writes events into the outbox, and those of the tables' changes by itself."""

    def __init__(
        self, source: str, tables: Sequence[TableEvents], wake: Callable[[], None]
    ) -> None:
        self._source, self._wake = source, wake
        self._tables = {each.model: each for each in tables}

    async def record_change(self, session: AsyncSession, change: RecordChange) -> None:
        """Write the event of this change; other tables' changes have none."""
        table = self._tables.get(change.model)
        found = None if table is None else table.to_event(change.row, change)
        if found is not None:
            about = f"{change.model.__tablename__}:{change.row.id}"
            await self.record(session, found, about)

    async def record(self, session: AsyncSession, domain_event: DomainEvent, about: str) -> None:
        """Write the event; once it is committed, have it published."""
        envelope = Envelope.of(domain_event.event, self._source, domain_event.event_id)
        row = {"aggregate": about, "envelope": envelope.model_dump(mode="json")}
        await session.execute(_INSERT, row)
        event.listen(session.sync_session, "after_commit", self._committed, once=True)

    def attach(self, database: Database) -> None:
        """Follow the database's changes, and be found by `publish_event` in its sessions."""
        database.session_info[_OUTBOX] = self
        database.listen(self.record_change)

    def _committed(self, _: object) -> None:
        self._wake()


async def publish_event(session: AsyncSession, domain_event: DomainEvent, about: str) -> None:
    """Publish an event that is no change of a record, if and when this transaction is committed.

    Those with the same `about`, such as `users:<id>`, are published in the order of their writing.
    Name its type in `features.py`, as `outbox_feature(..., others=(PasswordReset,))`.
    """
    recorder: OutboxRecorder = session.info[_OUTBOX]
    await recorder.record(session, domain_event, about)


def values_for(event_type: type[EventData], row: Row[Any]) -> dict[str, Any]:
    """Return the row's values for those members of an event that are named like its columns."""
    values = dict(zip(row._fields, row, strict=True))
    return {name: values[name] for name in event_type.model_fields if name in values}


def outbox_resource(tables: Sequence[TableEvents]) -> Resource[OutboxRecorder]:
    """Return the recorder of these tables' events as a resource."""

    def make_recorder(resources: Resources) -> OutboxRecorder:
        settings, relay = resources.get(OutboxSettings), resources.get(Relay)
        recorder = OutboxRecorder(settings.service_name, tables, relay.wake)
        recorder.attach(resources.get(Database))
        return recorder

    requires = (OutboxSettings, Database, Relay)
    return Resource(provides=OutboxRecorder, factory=make_recorder, requires=requires)
