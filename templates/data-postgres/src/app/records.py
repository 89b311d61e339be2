"""What every table offers: a `View` to read it by a `Reader`, a `Repository` to change it.

Neither commits. A repository works in a session and tells the database's listeners of each change.
Both hand out rows: a unit of work of objects would take as long as all the rest of a create.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, Generic, TypeVar, cast
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Row,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert

from app.base import Record
from app.database import ChangeKind, RecordChange, StatementReader, notify_listeners
from app.errors import StaleVersionError, add_index, translate_errors
from app.paging import PageQuery, encode_cursor, select_page
from shared.errors import NotFoundError
from shared.fields import Page

RecordT = TypeVar("RecordT", bound=Record)
SchemaT = TypeVar("SchemaT", bound=BaseModel)
# What a patch holds beside the values that it changes.
_NOT_CHANGED = {"id", "version"}


class View(Generic[RecordT, SchemaT]):
    """A table as consumers see it: rows that meet the conditions, as instances of the schema.

    It reads the columns that the schema has fields for, and no others.
    """

    def __init__(
        self, model: type[RecordT], schema: type[SchemaT], *visible: ColumnElement[bool]
    ) -> None:
        self._model, self._schema = model, schema
        columns = model.__table__.columns
        self._names = [name for name in schema.model_fields if name in columns]
        # A page needs the last two to say where the next one starts.
        read = dict.fromkeys((*self._names, "id", "created_at"))
        self._statement = select(*(columns[name] for name in read)).where(*visible)
        # Made once: putting a statement together takes longer than reading its row.
        self._by_id = self._statement.where(model.id == bindparam("id"))

    async def get(self, reader: StatementReader, record_id: UUID) -> SchemaT:
        """Return the record with this id. Raises `NotFoundError`."""
        return self._one(await reader.rows(self._by_id, {"id": record_id}))

    async def find(self, reader: StatementReader, *conditions: ColumnElement[bool]) -> SchemaT:
        """Return the one record that meets the conditions. Raises `NotFoundError`."""
        return self._one(await reader.rows(self._statement.where(*conditions)))

    async def page(
        self, reader: StatementReader, query: PageQuery, *conditions: ColumnElement[bool]
    ) -> Page[SchemaT]:
        """Return the records that meet the conditions, as many and from where the query says."""
        statement = select_page(self._statement.where(*conditions), self._model, query)
        rows = await reader.rows(statement)
        shown, last = rows[: query.limit], rows[query.limit - 1 : query.limit]
        cursor = encode_cursor(last[0].created_at, last[0].id) if len(rows) > query.limit else None
        return Page(items=[self.show(row) for row in shown], next_cursor=cursor)

    def show(self, row: Row[Any]) -> SchemaT:
        """Return a row that was read or just written as consumers see it."""
        values = dict(zip(row._fields, row, strict=True))
        return self._schema.model_validate({name: values[name] for name in self._names})

    def _one(self, rows: Sequence[Row[Any]]) -> SchemaT:
        if not rows:
            raise NotFoundError(f"There is no such record in {self._model.__tablename__}.")
        return self.show(rows[0])


class Repository(Generic[RecordT]):
    """Changes one table: a subclass names its `model`, and in `visible` its live rows."""

    model: type[RecordT]
    visible: ClassVar[Sequence[ColumnElement[bool]]] = ()

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def add(self, **values: object) -> Row[Any]:
        """Insert a record. Raises `AlreadyTakenError` or `BrokenReferenceError`."""
        with translate_errors():
            row: Row[Any] = (await self.session.execute(_insertion(self.model), values)).one()
        await self._notify(ChangeKind.ADDED, row)
        return row

    async def add_all(self, items: Sequence[Mapping[str, Any]]) -> list[Row[Any]]:
        """Insert many records; an error's `index` says which one was refused."""
        added = []
        for index, values in enumerate(items):
            with add_index(index):
                added.append(await self.add(**values))
        return added

    async def change(self, record_id: UUID, version: int, **values: object) -> Row[Any]:
        """Write the columns if the record still has this version, and give it the next one.

        Raises `NotFoundError`, `StaleVersionError` or what `add` raises.
        """
        return await self._write(await self.lock(record_id), version, values)

    async def change_all(self, patches: Sequence[Mapping[str, Any]]) -> list[Row[Any]]:
        """Apply patches that name `id` and `version`; an error's `index` says which was refused."""
        # Nothing is changed before all is locked, so two bulk changes can't wait for each other.
        locked = await self.lock_all(patch["id"] for patch in patches)
        changed = []
        for index, patch in enumerate(patches):
            with add_index(index):
                # A record that is named twice is locked already, and has another version now.
                current = locked.pop(patch["id"], None) or await self.lock(patch["id"])
                changed.append(await self._write(current, patch["version"], changed_values(patch)))
        return changed

    async def delete(self, record_id: UUID, version: int) -> None:
        """Remove the record if it still has this version. Raises what `change` raises."""
        check_version(await self.lock(record_id), version)
        table = table_of(self.model)
        statement = delete(table).where(table.c.id == record_id).returning(*shown(self.model))
        with translate_errors():
            removed = (await self.session.execute(statement)).one()
        await self._notify(ChangeKind.REMOVED, removed)

    async def lock(self, record_id: UUID) -> Row[Any]:
        """Return the row of this record, locked until the end. Raises `NotFoundError`."""
        return self._present((await self.lock_all([record_id])).get(record_id))

    async def lock_all(self, record_ids: Iterable[UUID]) -> dict[UUID, Row[Any]]:
        """Lock the rows of these records in the order of their ids, as everybody does."""
        table = table_of(self.model)
        statement = (
            select(table)
            .where(table.c.id.in_(sorted(set(record_ids))), *self.visible)
            .order_by(table.c.id)
            .with_for_update(key_share=True)
        )
        with translate_errors():
            return {row.id: row for row in await self.session.execute(statement)}

    def complete(self, current: Row[Any], values: dict[str, object]) -> dict[str, object]:
        """Return what is written when these values are: a subclass adds what follows from them."""
        del current
        return values

    async def _write(self, current: Row[Any], version: int, values: dict[str, object]) -> Row[Any]:
        check_version(current, version)
        values, table = self.complete(current, values), table_of(self.model)
        statement = (
            update(table)
            .where(table.c.id == current.id)
            .values(**values, version=table.c.version + 1, updated_at=func.clock_timestamp())
            .returning(*shown(self.model))
        )
        with translate_errors():
            row = (await self.session.execute(statement)).one()
        fields = frozenset(name for name, value in values.items() if _differs(current, name, value))
        await self._notify(ChangeKind.CHANGED, row, fields)
        return row

    async def _notify(
        self, kind: ChangeKind, row: Row[Any], fields: frozenset[str] = frozenset()
    ) -> None:
        change = RecordChange(kind=kind, model=self.model, row=row, fields=fields)
        await notify_listeners(self.session, change)

    def _present(self, row: Row[Any] | None) -> Row[Any]:
        if row is None:
            raise NotFoundError(f"There is no such record in {self.model.__tablename__}.")
        return row


def table_of(model: type[Record]) -> Table:
    """Return the table that a model declares."""
    return cast("Table", model.__table__)


@cache
def shown(model: type[Record]) -> tuple[ColumnElement[Any], ...]:
    """Return what a change gives back: all columns but the deferred ones, such as secrets."""
    return tuple(each.columns[0] for each in model.__mapper__.column_attrs if not each.deferred)


@cache
def _insertion(model: type[Record]) -> ReturningInsert[Any]:
    # Made once: putting a statement together takes longer than having its row written.
    return insert(table_of(model)).returning(*shown(model))


def check_version(current: Row[Any], version: int) -> None:
    """Raise `StaleVersionError` unless the row has this version."""
    if current.version != version:
        detail = f"This record is at version {current.version}."
        raise StaleVersionError(detail, current_version=current.version)


def changed_values(patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a patch changes: everything but the record's id and version."""
    return {name: value for name, value in patch.items() if name not in _NOT_CHANGED}


def _differs(current: Row[Any], name: str, value: object) -> bool:
    # What the database computes is new each time.
    return isinstance(value, ClauseElement) or getattr(current, name) != value
