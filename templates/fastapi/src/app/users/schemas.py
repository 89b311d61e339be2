"""What crosses HTTP about users."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.fields import Cursor, Role, SearchText, Version


class UserVersion(BaseModel):
    """The version that was read of a user who is to be deactivated, or activated."""

    model_config = ConfigDict(extra="forbid")

    version: Version


class UserQuery(BaseModel):
    """Which users, and which page of them."""

    model_config = ConfigDict(extra="forbid")

    cursor: Cursor | None = Field(default=None, description="`next_cursor` of the page before.")
    limit: int = Field(default=50, ge=1, le=200)
    order: Literal["oldest", "newest"] = Field(default="oldest", description="Which comes first.")
    search: SearchText | None = Field(default=None, description="How the name or e-mail starts.")
    role: Role | None = None
    is_active: bool | None = None
