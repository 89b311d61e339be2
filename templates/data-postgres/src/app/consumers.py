"""Who may call: the services that were given an API key."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest

from shared.errors import ForbiddenError, UnauthorizedError


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
