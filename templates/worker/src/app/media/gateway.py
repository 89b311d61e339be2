"""What the rules need of the world, and how the data service gives it."""

from typing import Protocol, TypeAlias
from uuid import UUID

from pydantic import BaseModel

from shared.http import DataServiceClient

FILE = "/api/v1/files/{file_id}"

Metadata: TypeAlias = dict[str, str | int | float | bool | None]


class File(BaseModel):
    """What this service has to know of a file."""

    id: UUID
    owner_id: UUID
    thumbnail_key: str | None
    status: str
    metadata: Metadata
    version: int


class FileChange(BaseModel):
    """What is recorded of a file's processing."""

    status: str
    thumbnail_key: str | None = None
    metadata: Metadata


class FileGateway(Protocol):
    """Reads and writes files; both methods may raise `UnavailableError` or `BadGatewayError`."""

    async def get(self, file_id: UUID) -> File:
        """Return the file with this id. Raises `NotFoundError`."""

    async def record(self, file: File, change: FileChange) -> None:
        """Write the change, if nobody else has written since `file` was read.

        Raises `NotFoundError`, `ConflictError` for an old version, `InvalidError`.
        """


class DataServiceFiles:
    """Files as the data service has them."""

    def __init__(self, client: DataServiceClient) -> None:
        self._client = client

    async def get(self, file_id: UUID) -> File:
        """Return the file with this id."""
        return await self._client.get(FILE, path_params={"file_id": file_id}, into=File)

    async def record(self, file: File, change: FileChange) -> None:
        """Write the change for the version that was read: a second time it is a conflict."""
        body = {"version": file.version, **change.model_dump(exclude_unset=True)}
        await self._client.patch(FILE, path_params={"file_id": file.id}, json=body, into=File)
