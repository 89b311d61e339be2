"""What crosses HTTP about users."""

from datetime import datetime
from typing import Required
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from app.fields import Flag, Name, SearchText, Version
from app.paging import PageQuery
from app.users.fields import Email, PasswordHash, Role, TelegramId


class UserCreate(BaseModel):
    """A new user. Only a consumer that may read credentials may send `password_hash`."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    email: Email | None = None
    telegram_id: TelegramId | None = None
    role: Role = "user"
    is_active: Flag = True
    password_hash: PasswordHash | None = Field(default=None, repr=False)


@with_config(extra="forbid")
class UserPatch(TypedDict, total=False):
    """The version that was read, and what is to change; a field that is left out stays as it is."""

    version: Required[Version]
    name: Name
    email: Email | None
    telegram_id: TelegramId | None
    role: Role
    is_active: Flag


@with_config(extra="forbid")
class UserPatchItem(UserPatch):
    """One user's changes among many."""

    id: Required[UUID]


class UserRead(BaseModel):
    """A user as every consumer sees it: without the password's hash."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    email: str | None
    telegram_id: int | None
    role: Role
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime


class UserQuery(PageQuery):
    """Which users, and which page of them."""

    search: SearchText | None = Field(default=None, description="How the name or e-mail starts.")
    role: Role | None = None
    is_active: bool | None = None
