"""What crosses HTTP about files."""

from datetime import datetime
from typing import Required
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from app.fields import Name, SearchText, Version
from app.files.fields import ContentType, Metadata, Sha256, Size, Status, StorageKey
from app.paging import PageQuery


class FileCreate(BaseModel):
    """A new file of a known owner; the caller has stored its bytes under `storage_key`."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    storage_key: StorageKey
    content_type: ContentType
    size: Size
    sha256: Sha256 | None = None
    thumbnail_key: StorageKey | None = None
    status: Status = "pending"
    metadata: Metadata = Field(default_factory=dict)


class OwnedFileCreate(FileCreate):
    """A new file, and whose it is."""

    owner_id: UUID


@with_config(extra="forbid")
class FilePatch(TypedDict, total=False):
    """The version that was read, and what is to change; a field that is left out stays as it is."""

    version: Required[Version]
    name: Name
    storage_key: StorageKey
    content_type: ContentType
    size: Size
    sha256: Sha256 | None
    thumbnail_key: StorageKey | None
    status: Status
    metadata: Metadata


@with_config(extra="forbid")
class FilePatchItem(FilePatch):
    """One file's changes among many."""

    id: Required[UUID]


class FileRead(BaseModel):
    """A file as every consumer sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    owner_id: UUID
    name: str
    storage_key: str
    content_type: str
    size: int
    sha256: str | None
    thumbnail_key: str | None
    status: Status
    metadata: dict[str, bool | int | float | str | None] = Field(validation_alias="attributes")
    version: int
    created_at: datetime
    updated_at: datetime


class FileFilters(PageQuery):
    """Which of an owner's files, and which page of them."""

    search: SearchText | None = Field(default=None, description="How the name starts.")
    status: Status | None = None


class FileQuery(FileFilters):
    """Which files, and which page of them."""

    owner_id: UUID | None = None
    storage_key: StorageKey | None = None
