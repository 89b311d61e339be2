"""Lets consumers in by their API keys, and some of them to credentials."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from typing import Annotated

from fastapi import APIRouter, Depends, Security
from fastapi.security import APIKeyHeader
from structlog.contextvars import bind_contextvars

from app.settings import Settings
from shared.errors import ForbiddenError, InvalidError, UnauthorizedError, UnavailableError
from shared.lifecycle import Resource, Resources
from shared.problem import problem_responses
from shared.web import resource


class UnknownConsumerError(UnauthorizedError):
    """The request has no API key, or one that nobody was given."""

    scheme = "ApiKey"


@dataclass(frozen=True, kw_only=True)
class Consumer:
    """A service that was given a key."""

    name: str
    digest: bytes = field(repr=False)
    handles_credentials: bool

    def check_credentials(self) -> None:
        """Raise `ForbiddenError` unless this consumer may see and set credentials."""
        if not self.handles_credentials:
            raise ForbiddenError(f"{self.name} may not handle credentials.")


class Consumers:
    """Everybody who was given a key."""

    def __init__(self, consumers: Iterable[Consumer]) -> None:
        self._consumers = tuple(consumers)

    def identify(self, key: str) -> Consumer:
        """Return the owner of this key. Raises `UnknownConsumerError`."""
        offered, found = digest(key), None
        # No early exit, and digests of one length: the time taken says nothing about any key.
        for consumer in self._consumers:
            if compare_digest(consumer.digest, offered):
                found = consumer
        if found is None:
            raise UnknownConsumerError("X-API-Key is missing or unknown.")
        return found


def digest(key: str) -> bytes:
    """Return what is kept and compared in place of a key."""
    return sha256(key.encode()).digest()


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[Consumers]:
    """Read the consumers from the settings."""
    settings, readers = resources.get(Settings), resources.get(Settings).credentials_readers
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
