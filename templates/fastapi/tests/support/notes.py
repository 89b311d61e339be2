"""A small feature, to test what every feature builds on."""

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Annotated

from fastapi import Depends, status
from pydantic import BaseModel, ConfigDict, SecretStr

from app.access import anyone
from app.data_service import DATA_SERVICE, DataService
from app.idempotency import Idempotent
from app.routing import api_router
from shared.fields import Name
from shared.http import CLIENT_METRICS
from shared.lifecycle import Resource, Resources
from shared.web import Feature, resource

NOTES = "/api/v1/notes"


class NewNote(BaseModel):
    """A note on its way in."""

    model_config = ConfigDict(extra="forbid")

    title: Name
    secret: SecretStr | None = None


class Note(BaseModel):
    """A note on its way out."""

    title: str
    number: int


class Desk:
    """Where notes are written; a test may hold it up, or have it fail."""

    def __init__(self) -> None:
        self.count = 0
        self.error: Exception | None = None
        self.going_on = asyncio.Event()
        self.going_on.set()

    async def write(self, new: NewNote) -> Note:
        """Write one more note."""
        self.count += 1
        await self.going_on.wait()
        if self.error is not None:
            raise self.error
        return Note(title=new.title, number=self.count)


router = api_router("notes")


@router.post("", dependencies=[Depends(anyone)], status_code=status.HTTP_201_CREATED)
async def write_note(
    desk: Annotated[Desk, Depends(resource(Desk))], idempotent: Idempotent, body: NewNote
) -> Note:
    """Write a note."""
    return await idempotent(body, lambda _: desk.write(body), into=Note)


@router.get("/health", dependencies=[Depends(anyone)])
async def ask_data_service(data_service: DataService) -> dict[str, str]:
    """Ask the data service for something that every one has."""
    return await data_service.get("/health", into=dict[str, str])


def feature_at(desk: Desk) -> Feature:
    """Return the feature, with this desk."""

    def opened(_: Resources) -> AbstractAsyncContextManager[Desk]:
        return nullcontext(desk)

    found = Resource(provides=Desk, open=opened)
    return Feature(name="notes", routers=(router,), resources=(CLIENT_METRICS, DATA_SERVICE, found))
