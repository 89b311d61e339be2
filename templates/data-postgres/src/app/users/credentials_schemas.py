"""What crosses HTTP about credentials."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.fields import Version
from app.users.fields import PasswordHash


class Credentials(BaseModel):
    """What it takes to log a user in; for few consumers only."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    email: str | None
    is_active: bool
    version: int
    password_hash: str | None = Field(repr=False)


class CredentialsWrite(BaseModel):
    """A new password hash, and the user's version that was read."""

    model_config = ConfigDict(extra="forbid")

    version: Version
    password_hash: PasswordHash = Field(repr=False)
