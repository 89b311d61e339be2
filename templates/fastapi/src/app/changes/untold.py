"""Changes that nobody is told of."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.changes import Changes
from shared.lifecycle import Resource, Resources
from shared.web import Feature


@asynccontextmanager
async def opened(_: Resources) -> AsyncIterator[Changes]:
    """Only make them."""
    yield Changes()


CHANGES = Resource(provides=Changes, open=opened)

feature = Feature(name="changes", resources=(CHANGES,))
