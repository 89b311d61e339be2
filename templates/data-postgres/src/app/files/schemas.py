"""What crosses HTTP about files."""

from datetime import datetime
from typing import Annotated, Literal, Required
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, Strict, StringConstraints, with_config
from typing_extensions import TypedDict

from app.paging import PageQuery
from app.schemas import MAX_ITEMS
from shared.fields import (
    MAX_SAFE_INTEGER,
    WHOLE,
    WITHOUT_NUL,
    Flag,
    Name,
    SearchText,
    Text,
    Version,
)

# 512 characters of four bytes still fit into one entry of a B-tree index.
StorageKey = Annotated[str, StringConstraints(min_length=1, max_length=512, pattern=WITHOUT_NUL)]
ContentType = Annotated[str, StringConstraints(max_length=255, pattern=r"^[!-.0-~]+/[ -~]+$")]
Size = Annotated[int, Strict(), Field(ge=0, le=MAX_SAFE_INTEGER, description="In bytes."), WHOLE]
Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
Status = Literal["pending", "processing", "ready", "failed"]

MetadataKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
Exact = Annotated[int, Strict()]
Fraction = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Metadata = Annotated[
    dict[MetadataKey, Flag | Exact | Fraction | Text | None],
    Field(
        max_length=50,
        description="Up to 50 names, each with a text, a number, a flag or null.",
        json_schema_extra={"additionalProperties": False},
    ),
]


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

    id: UUID
    owner_id: UUID
    name: str
    storage_key: str
    content_type: str
    size: int
    sha256: str | None
    thumbnail_key: str | None
    status: Status
    metadata: dict[str, bool | int | float | str | None]
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


class FileVersion(BaseModel):
    """A file to remove, and the version that was read."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    version: Version


class UserFilesPatch(BaseModel):
    """What to change about a user's files, all or nothing."""

    model_config = ConfigDict(extra="forbid")

    add: list[FileCreate] = Field(default_factory=list, max_length=MAX_ITEMS)
    remove: list[FileVersion] = Field(default_factory=list, max_length=MAX_ITEMS)


class UserFiles(BaseModel):
    """What became of a user's files."""

    added: list[FileRead]
    removed: list[UUID]
