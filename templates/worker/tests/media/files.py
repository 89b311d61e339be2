"""The files of the fake data service, as its contract has them."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Body

from shared.errors import ConflictError, NotFoundError
from shared.testing.provider import Provider

Record = dict[str, Any]


class StaleError(ConflictError):
    """The file was changed meanwhile."""

    code = "stale-version"


class Files:
    """Files in memory."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self.router = APIRouter(prefix="/api/v1/files")
        self.router.add_api_route("/{file_id:uuid}", self.get, methods=["GET"])
        self.router.add_api_route("/{file_id:uuid}", self.change, methods=["PATCH"])

    def add(self) -> Record:
        """Add a file that nothing is known of."""
        now = datetime.now(UTC).isoformat()
        file_id = str(uuid4())
        self.records[file_id] = {
            "id": file_id,
            "owner_id": str(uuid4()),
            "name": "photo.jpg",
            "storage_key": file_id,
            "content_type": "image/jpeg",
            "size": 1,
            "sha256": None,
            "thumbnail_key": None,
            "status": "pending",
            "metadata": {"album": "holidays"},
            "version": 1,
            "created_at": now,
            "updated_at": now,
        }
        return self.records[file_id]

    async def get(self, file_id: UUID) -> Record:
        """Return one."""
        try:
            return self.records[str(file_id)]
        except KeyError:
            raise NotFoundError("There is no such record in files.") from None

    async def change(self, file_id: UUID, body: Annotated[Record, Body()]) -> Record:
        """Change one, if the version is the current one."""
        record = await self.get(file_id)
        if body["version"] != (current := record["version"]):
            raise StaleError(f"This record is at version {current}.", current_version=current)
        record.update(body, version=current + 1)
        return record


def files_of(provider: Provider) -> Files:
    """Have the data service serve files, and return them."""
    files = Files()
    provider.app.include_router(files.router)
    return files
