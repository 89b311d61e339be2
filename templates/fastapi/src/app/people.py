"""A user as everybody may see one: the same in every feature that is about users."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from app.fields import Role

USERS = "/api/v1/users"
USER = f"{USERS}/{{user_id}}"


class User(BaseModel):
    """A user, as the data service has them."""

    id: UUID
    name: str
    email: str | None
    role: Role
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime
