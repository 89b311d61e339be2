"""What a notification is."""

from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, Field

from shared.contracts.accounts import AccountMessageKind

Kind: TypeAlias = Literal["welcome", "changed"] | AccountMessageKind


class Notification(BaseModel):
    """Something that a user is to be told; the same `id` is the same notification."""

    id: str
    kind: Kind
    user_id: UUID | None
    email: str
    subject: str
    text: str = Field(repr=False)
