"""Tokens that go to people in messages and come back once, as a proof that they got them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from secrets import token_urlsafe
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from app.auth.errors import BadProofError
from app.redis import RedisStore, StateRedis
from shared.errors import ServiceError, UnavailableError
from shared.lifecycle import Resource

ModelT = TypeVar("ModelT", bound=BaseModel)

_CONSUME = """
local left = redis.call('PTTL', KEYS[1])
return {redis.call('GETDEL', KEYS[1]), left}
"""


class Proofs:
    """Keeps what each token stands for; every method may raise `UnavailableError`."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store

    async def issue(self, purpose: str, content: BaseModel, seconds: int) -> str:
        """Return a new token for this purpose; who reads Redis does not learn it."""
        token, text = token_urlsafe(32), content.model_dump_json()
        key = self._key(purpose, token)
        await self._store.run(lambda redis: redis.set(key, text, ex=seconds))
        return token

    @asynccontextmanager
    async def consume(self, purpose: str, token: str, into: type[ModelT]) -> AsyncIterator[ModelT]:
        """Use the token up, and yield what it stands for. Raises `BadProofError`.

        If what is done with it fails with a `ServiceError`, the token can be used again.
        """
        key = self._key(purpose, token)
        text, left = await self._store.run(lambda redis: redis.eval(_CONSUME, 1, key))
        try:
            content = into.model_validate_json(text or "")
        except ValidationError:
            raise BadProofError("The token is unknown, expired or used.") from None
        try:
            yield content
        except ServiceError:
            with suppress(UnavailableError):
                await self._store.run(lambda redis: redis.set(key, text, px=max(left, 1)))
            raise

    async def keep(self, purpose: str, name: str, content: BaseModel, seconds: int) -> None:
        """Keep something under a name, so that another token can be issued for it."""
        key, text = self._key(f"{purpose} of", name), content.model_dump_json()
        await self._store.run(lambda redis: redis.set(key, text, ex=seconds))

    async def kept(self, purpose: str, name: str, into: type[ModelT]) -> ModelT | None:
        """Return what is kept under a name."""
        key = self._key(f"{purpose} of", name)
        [text] = await self._store.run(lambda redis: redis.mget(key))
        try:
            return into.model_validate_json(text or "")
        except ValidationError:
            return None

    def _key(self, purpose: str, token: str) -> str:
        return self._store.key("proof", purpose, sha256(token.encode()).hexdigest())


PROOFS = Resource(
    provides=Proofs,
    factory=lambda resources: Proofs(resources.get(StateRedis).store("proofs")),
    requires=(StateRedis,),
)
