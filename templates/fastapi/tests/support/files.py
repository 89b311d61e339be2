"""The files of the fake data service, as its contract has them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends

from shared.errors import NotFoundError
from shared.testing.provider import Provider
from tests.support.environment import has_key


class Files:
    """Files in memory."""

    def __init__(self, nulls: dict[str, Any]) -> None:
        self.nulls = nulls
        self.records: dict[str, dict[str, Any]] = {}
        self.router = APIRouter(prefix="/api/v1/files", dependencies=[Depends(has_key)])
        self.router.add_api_route("/{file_id:uuid}", self.get, methods=["GET"])

    def add(self, owner_id: UUID, storage_key: str) -> str:
        """Add a file and return its id."""
        now, file_id = datetime.now(UTC).isoformat(), str(uuid4())
        self.records[file_id] = {
            **self.nulls,
            "id": file_id,
            "owner_id": str(owner_id),
            "name": "picture.png",
            "storage_key": storage_key,
            "content_type": "image/png",
            "size": 1,
            "status": "pending",
            "metadata": {},
            "version": 1,
            "created_at": now,
            "updated_at": now,
        }
        return file_id

    async def get(self, file_id: UUID) -> dict[str, Any]:
        """Return one."""
        try:
            return self.records[str(file_id)]
        except KeyError:
            raise NotFoundError("There is no such record in files.") from None


def files_of(provider: Provider) -> Files:
    """Have the data service serve files, and return them."""
    files = Files(provider.nulls("FileRead"))
    provider.app.include_router(files.router)
    return files
