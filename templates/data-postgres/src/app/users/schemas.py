"""What crosses HTTP about users."""

from datetime import datetime
from typing import Annotated, Required
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    with_config,
)
from typing_extensions import TypedDict

from app.paging import PageQuery
from shared.fields import (
    MAX_SAFE_INTEGER,
    WHOLE,
    Email,
    Flag,
    Moment,
    Name,
    Role,
    SearchText,
    Version,
)

# What password libraries write ($argon2id$v=19$…, $2b$12$…): a bare password sent here is refused.
_HASH = r"^\$[a-z0-9-]{1,32}\$[!-~]{16,}$"

TelegramId = Annotated[int, Strict(), Field(ge=1, le=MAX_SAFE_INTEGER), WHOLE]
PasswordHash = Annotated[str, StringConstraints(max_length=512, pattern=_HASH)]


class UserCreate(BaseModel):
    """A new user. Only a consumer that may read credentials may send `password_hash`."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    email: Email | None = None
    email_verified_at: Moment | None = None
    telegram_id: TelegramId | None = None
    role: Role = "user"
    is_active: Flag = True
    password_hash: PasswordHash | None = Field(default=None, repr=False)


@with_config(extra="forbid")
class UserPatch(TypedDict, total=False):
    """The version that was read, and what is to change; a field that is left out stays as it is.

    Another e-mail address is not verified, unless `email_verified_at` comes with it.
    """

    version: Required[Version]
    name: Name
    email: Email | None
    email_verified_at: Moment | None
    telegram_id: TelegramId | None
    role: Role
    is_active: Flag


@with_config(extra="forbid")
class UserPatchItem(UserPatch):
    """One user's changes among many."""

    id: Required[UUID]


class UserRead(BaseModel):
    """A user as every consumer sees it: without the password's hash."""

    id: UUID
    name: str
    email: str | None
    email_verified_at: datetime | None
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


class Credentials(BaseModel):
    """What it takes to log a user in; for few consumers only."""

    id: UUID
    email: str | None
    email_verified_at: datetime | None
    is_active: bool
    version: int
    password_hash: str | None = Field(repr=False)


class CredentialsWrite(BaseModel):
    """A new password hash, and the user's version that was read."""

    model_config = ConfigDict(extra="forbid")

    version: Version
    password_hash: PasswordHash = Field(repr=False)
    rehash: Flag = Field(
        default=False,
        description="The password is the same and only hashed anew: that is no change of the user,"
        " so the version stays and no event is published.",
    )
