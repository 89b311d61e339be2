"""What a notification is."""

from uuid import UUID

from pydantic import BaseModel, Field


class Notification(BaseModel):
    """Something that a user is to be told; the same `id` is the same notification."""

    id: str
    kind: str
    user_id: UUID | None
    email: str
    subject: str
    text: str = Field(repr=False)
