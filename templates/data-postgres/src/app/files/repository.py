"""The SQL of files."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, column, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import StatementReader
from app.errors import BrokenReferenceError, add_index, translate_errors
from app.files.model import File
from app.files.schemas import FileFilters, FileQuery, FileRead
from app.paging import starts_with
from app.records import Repository, View
from shared.errors import NotFoundError

FILES = View(File, FileRead)

# Only these two columns; the feature `users` itself stays unknown here.
_USERS = table("users", column("id"), column("deleted_at"))


class FileRepository(Repository[File]):
    """Changes files; a deleted one is gone."""

    model = File

    async def add(self, **values: object) -> Row[Any]:
        """Insert the file. Raises `AlreadyTakenError`, or `BrokenReferenceError` for no owner."""
        owners = await lock_owners(self.session, [cast("UUID", values["owner_id"])])
        return await self._add_to(owners, values)

    async def add_all(self, items: Sequence[Mapping[str, Any]]) -> list[Row[Any]]:
        """Insert many files; an error's `index` says which one was refused."""
        # All owners at once and in one order: two that add files can't wait for each other.
        owners = await lock_owners(self.session, (item["owner_id"] for item in items))
        added = []
        for index, values in enumerate(items):
            with add_index(index):
                added.append(await self._add_to(owners, values))
        return added

    async def remove_owned(self, owner_id: UUID, versions: Sequence[tuple[UUID, int]]) -> None:
        """Remove files of this owner; an error's `index` says which one was refused."""
        owned = await self.lock_all(record_id for record_id, _ in versions)
        for index, (record_id, version) in enumerate(versions):
            with add_index(index):
                if record_id not in owned or owned[record_id].owner_id != owner_id:
                    raise NotFoundError("This user has no such file.")
                await self.delete(record_id, version)

    async def _add_to(self, owners: Collection[UUID], values: Mapping[str, object]) -> Row[Any]:
        if values["owner_id"] not in owners:
            raise BrokenReferenceError("There is no such owner.", field="owner_id")
        return await super().add(**values)


async def lock_owners(session: AsyncSession, owner_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of them that exist, and keep these from being deleted until the commit."""
    statement = (
        _select_owner()
        .where(_USERS.c.id.in_(sorted(set(owner_ids))))
        .order_by(_USERS.c.id)
        .with_for_update(read=True)
    )
    with translate_errors():
        return set(await session.scalars(statement))


async def check_owner(reader: StatementReader, owner_id: UUID) -> None:
    """Raise `NotFoundError` unless there is this owner at this moment."""
    if not await reader.rows(_select_owner().where(_USERS.c.id == owner_id)):
        raise NotFoundError("There is no such user.")


def matching(query: FileFilters) -> list[ColumnElement[bool]]:
    """Return the conditions that the query's filters stand for."""
    conditions: list[ColumnElement[bool]] = []
    if query.search is not None:
        conditions.append(starts_with(File.name, query.search))
    if query.status is not None:
        conditions.append(File.status == query.status)
    if isinstance(query, FileQuery):
        if query.owner_id is not None:
            conditions.append(File.owner_id == query.owner_id)
        if query.storage_key is not None:
            conditions.append(File.storage_key == query.storage_key)
    return conditions


def _select_owner() -> Select[Any]:
    return select(_USERS.c.id).where(_USERS.c.deleted_at.is_(None))
