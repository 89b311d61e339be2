"""Who may call: the services that were given an API key, and which of them handle credentials."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from typing import Annotated

from fastapi import Security
from fastapi.openapi.models import APIKey, APIKeyIn
from fastapi.requests import HTTPConnection
from fastapi.security.base import SecurityBase
from structlog.contextvars import bind_contextvars

from app.settings import DataSettings
from shared.errors import ForbiddenError, UnauthorizedError
from shared.lifecycle import Resource

KEY_HEADER = "X-API-Key"


class UnknownConsumerError(UnauthorizedError):
    """The request has no API key, or one that nobody was given."""

    scheme = "ApiKey"


@dataclass(frozen=True, kw_only=True)
class ApiConsumer:
    """A service that was given a key."""

    name: str
    digest: bytes = field(repr=False)
    handles_credentials: bool

    def check_credentials(self) -> None:
        """Raise `ForbiddenError` unless this consumer may see and set credentials."""
        if not self.handles_credentials:
            raise ForbiddenError(f"{self.name} may not handle credentials.")


class ApiConsumers:
    """Everybody who was given a key."""

    def __init__(self, consumers: Iterable[ApiConsumer]) -> None:
        self._consumers = tuple(consumers)

    @classmethod
    def from_settings(cls, settings: DataSettings) -> "ApiConsumers":
        """Return the consumers in API_KEYS; those in CREDENTIALS_READERS handle credentials."""
        return cls(
            ApiConsumer(
                name=name,
                digest=digest(key.get_secret_value()),
                handles_credentials=name in settings.credentials_readers,
            )
            for name, key in settings.api_keys.items()
        )

    def identify(self, key: str) -> ApiConsumer:
        """Return the owner of this key. Raises `UnknownConsumerError`."""
        offered, found = digest(key), None
        # No early exit, and digests of one length: the time taken says nothing about any key.
        for consumer in self._consumers:
            if compare_digest(consumer.digest, offered):
                found = consumer
        if found is None:
            raise UnknownConsumerError(f"{KEY_HEADER} is missing or unknown.")
        return found


class ApiKeySecurity(SecurityBase):
    """Identifies the consumer of a request, for the endpoint and for the log.

    One dependency without dependencies of its own: each would cost as much as writing the answer.
    """

    def __init__(self) -> None:
        self.model = APIKey.model_validate({"in": APIKeyIn.header, "name": KEY_HEADER})
        self.scheme_name = "ApiKey"

    async def __call__(self, connection: HTTPConnection) -> ApiConsumer:
        """Return who sent the request. Raises `UnknownConsumerError`."""
        consumers: ApiConsumers = connection.app.lifecycle.resources.get(ApiConsumers)
        consumer = consumers.identify(connection.headers.get(KEY_HEADER, ""))
        bind_contextvars(consumer=consumer.name)
        return consumer


class CredentialsSecurity(ApiKeySecurity):
    """Lets in only those consumers that may see and set credentials."""

    async def __call__(self, connection: HTTPConnection) -> ApiConsumer:
        """Return who sent the request. Raises `UnknownConsumerError` or `ForbiddenError`."""
        consumer = await super().__call__(connection)
        consumer.check_credentials()
        return consumer


def digest(key: str) -> bytes:
    """Return what is kept and compared in place of a key."""
    return sha256(key.encode()).digest()


ANY_CONSUMER, CREDENTIALS_READER = ApiKeySecurity(), CredentialsSecurity()
CONSUMERS = Resource(
    provides=ApiConsumers,
    factory=lambda resources: ApiConsumers.from_settings(resources.get(DataSettings)),
    requires=(DataSettings,),
)
Caller = Annotated[ApiConsumer, Security(ANY_CONSUMER)]
