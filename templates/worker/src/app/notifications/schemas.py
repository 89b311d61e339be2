"""What a notification is."""

from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel

Kind: TypeAlias = Literal["welcome", "changed", "deactivated"]


class Notification(BaseModel):
    """Something that a user is to be told; the same `id` is the same notification."""

    id: str
    kind: Kind
    user_id: UUID
    email: str
    subject: str
    text: str
