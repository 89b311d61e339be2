"""The SQL of files."""

from uuid import UUID

from sqlalchemy import ColumnElement

from app.errors import BrokenReferenceError
from app.files.model import File
from app.files.ownership import hold_owner
from app.files.schemas import FileFilters, FileQuery
from app.records import Records
from app.search import starts_with
from shared.errors import NotFoundError


class FileRepository(Records[File]):
    """Reads and writes files; a deleted one is gone."""

    model = File

    @staticmethod
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

    async def add(self, record: File) -> File:
        """Insert the file. Raises `AlreadyTakenError`, or `BrokenReferenceError` for no owner."""
        if not await hold_owner(self.session, record.owner_id):
            raise BrokenReferenceError("There is no such owner.", field="owner_id")
        return await super().add(record)

    async def change(self, record_id: UUID, version: int, **values: object) -> File:
        """Write the values if the file still has this version; raises what `Records` raises."""
        return await super().change(record_id, version, **as_attributes(values))

    async def delete_owned(self, owner_id: UUID, record_id: UUID, version: int) -> None:
        """Remove the file if it is this owner's; raises what `delete` raises."""
        await self.find(File.id == record_id, File.owner_id == owner_id)
        await self.delete(record_id, version)

    async def check_owner(self, owner_id: UUID) -> None:
        """Keep this owner from being deleted meanwhile. Raises `NotFoundError`."""
        if not await hold_owner(self.session, owner_id):
            raise NotFoundError("There is no such user.")


def as_attributes(values: dict[str, object]) -> dict[str, object]:
    """Name the values as the model does."""
    return {"attributes" if name == "metadata" else name: each for name, each in values.items()}
