"""What crosses HTTP about the files of one user."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.bulk import MAX_ITEMS
from app.fields import Version
from app.files.schemas import FileCreate, FileRead


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
