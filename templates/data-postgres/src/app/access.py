"""Lets requests in by their API key."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, Security
from fastapi.security import APIKeyHeader
from structlog.contextvars import bind_contextvars

from app.consumers import Consumer, Consumers, digest
from app.settings import DataSettings
from shared.errors import InvalidError, UnauthorizedError, UnavailableError
from shared.lifecycle import Resource, Resources
from shared.problem import problem_responses
from shared.web import resource


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[Consumers]:
    """Read the consumers from the settings."""
    settings, readers = resources.get(DataSettings), resources.get(DataSettings).credentials_readers
    yield Consumers(
        Consumer(
            name=name, digest=digest(key.get_secret_value()), handles_credentials=name in readers
        )
        for name, key in settings.api_keys.items()
    )


async def identified(
    consumers: Annotated[Consumers, Depends(resource(Consumers))],
    key: Annotated[
        str | None,
        Security(APIKeyHeader(name="X-API-Key", scheme_name="ApiKey", auto_error=False)),
    ],
) -> Consumer:
    """Name the consumer, here and in the log of this request."""
    consumer = consumers.identify(key or "")
    bind_contextvars(consumer=consumer.name)
    return consumer


def api_router(name: str) -> APIRouter:
    """Return a router below `/api/v1`, open to known consumers only."""
    return APIRouter(
        prefix=f"/api/v1/{name}",
        tags=[name],
        dependencies=[Depends(identified)],
        responses=problem_responses(UnauthorizedError, InvalidError, UnavailableError),
        generate_unique_id_function=lambda route: route.name,
    )


CONSUMERS = Resource(provides=Consumers, open=opened)
Caller = Annotated[Consumer, Depends(identified)]
