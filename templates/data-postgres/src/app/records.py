"""What every table's repository can do; it takes a session and never commits."""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.base import Record
from app.changes import Kind, tell
from app.errors import StaleVersionError
from app.failures import translated
from app.paging import PageQuery, Slice, window
from shared.errors import NotFoundError

RecordT = TypeVar("RecordT", bound=Record)


class Records(Generic[RecordT]):
    """Reads and writes one table: a subclass names its `model`, and in `visible` its live rows."""

    model: type[RecordT]
    visible: ClassVar[Sequence[ColumnElement[bool]]] = ()

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, record_id: UUID) -> RecordT:
        """Return the record with this id. Raises `NotFoundError`."""
        return await self.find(self.model.id == record_id)

    async def find(self, *conditions: ColumnElement[bool]) -> RecordT:
        """Return the one record that meets the conditions. Raises `NotFoundError`."""
        record = await self.session.scalar(select(self.model).where(*self.visible, *conditions))
        if record is None:
            raise NotFoundError(f"There is no such record in {self.model.__tablename__}.")
        return record

    async def page(self, query: PageQuery, *conditions: ColumnElement[bool]) -> Slice[RecordT]:
        """Return the records that meet the conditions, as many and from where the query says."""
        statement = select(self.model).where(*self.visible, *conditions)
        records = await self.session.scalars(window(statement, self.model, query))
        return Slice.of(records.all(), query)

    async def add(self, record: RecordT) -> RecordT:
        """Insert the record. Raises `AlreadyTakenError` or `BrokenReferenceError`."""
        self.session.add(record)
        with translated():
            await self.session.flush()
        await tell(self.session, Kind.ADDED, record)
        return record

    async def change(self, record_id: UUID, version: int, **values: object) -> RecordT:
        """Write the values if the record still has this version, and give it the next one.

        Raises `NotFoundError`, `StaleVersionError` or what `add` raises.
        """
        statement = (
            update(self.model)
            .where(self.model.id == record_id, self.model.version == version, *self.visible)
            .values(**values, version=self.model.version + 1, updated_at=func.clock_timestamp())
            .returning(self.model)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        with translated():
            record = await self.session.scalar(statement)
        if record is None:
            raise await self._stale(record_id)
        await tell(self.session, Kind.CHANGED, record)
        return record

    async def delete(self, record_id: UUID, version: int) -> None:
        """Remove the record if it still has this version. Raises what `change` raises."""
        chosen = (self.model.id == record_id, self.model.version == version, *self.visible)
        statement = (
            delete(self.model)
            .where(*chosen)
            .returning(self.model)
            .execution_options(synchronize_session=False)
        )
        with translated():
            removed = await self.session.scalar(statement)
        if removed is None:
            raise await self._stale(record_id)
        await tell(self.session, Kind.REMOVED, removed)

    async def _stale(self, record_id: UUID) -> StaleVersionError:
        current = (await self.get(record_id)).version
        return StaleVersionError(f"This record is at version {current}.", current_version=current)
