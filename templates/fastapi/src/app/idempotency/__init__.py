"""Idempotency keys: a request that is sent twice with one key is done once.

The key goes along to the data service, which keeps it in the transaction of the change: a request
whose answer was lost on its way, or whose process died, is not done again either. Here is kept what
was answered, so that a repetition costs nobody anything, and what is running.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as hmac_digest
from typing import Annotated, TypedDict, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel, SecretStr, StringConstraints, ValidationError, WithJsonSchema

from app.errors import KeyReusedError, StillRunningError
from app.settings import ApiSettings
from shared.errors import UnavailableError
from shared.web import instance, resource

ModelT = TypeVar("ModelT", bound=BaseModel)

# Longer than any request takes; after it, one whose process died can be sent again.
RUNNING_SECONDS = 30
FINGERPRINT_HEADER = "Idempotency-Fingerprint"

_KEY = "^[A-Za-z0-9._-]{8,128}$"


class Record(BaseModel):
    """What is remembered of a request: what it asked for, and its answer once there is one."""

    fingerprint: str
    answer: str | None = None


class IdempotencyRecords(ABC):
    """Keeps records for a while; every method may raise `UnavailableError`."""

    @abstractmethod
    async def claim(self, name: str, record: Record) -> Record | None:
        """Keep the record for RUNNING_SECONDS if there is none yet; otherwise return that one."""

    @abstractmethod
    async def complete(self, name: str, record: Record) -> None:
        """Keep the record with its answer."""

    @abstractmethod
    async def release(self, name: str) -> None:
        """Forget the record."""


class KeyOptions(TypedDict, total=False):
    """What the client of the data service is given of a key."""

    idempotency_key: str
    headers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class IdempotencyKey:
    """A caller's key for one request. Without a name none was given, and `options` has nothing."""

    name: str | None = None
    fingerprint: str = ""

    def options(self, call: str) -> KeyOptions:
        """Return what has the data service do a call once; of one request each has its own name.

        The fingerprint stands for what the caller asked for: the body of the call may differ, as a
        new hash of the same password does.
        """
        if self.name is None:
            return {}
        key = sha256(f"{self.name} {call}".encode()).hexdigest()
        return {"idempotency_key": key, "headers": {FINGERPRINT_HEADER: self.fingerprint}}


NO_KEY = IdempotencyKey()

_records, _settings = resource(IdempotencyRecords), resource(ApiSettings)


class IdempotentRequest:
    """One request and its key, if it has one.

    `await idempotent(body, lambda key: users.add(new, key), into=User)`
    """

    def __init__(
        self,
        request: Request,
        response: Response,
        idempotency_key: Annotated[
            Annotated[str, StringConstraints(pattern=_KEY)] | None,
            Header(
                alias="Idempotency-Key",
                description="Sent again with the same key, the request is not done again.",
            ),
            # A header may be left out, but never be null.
            WithJsonSchema({"type": "string", "pattern": _KEY}),
        ] = None,
    ) -> None:
        self._request, self._response = request, response
        self._given = idempotency_key

    async def __call__(
        self,
        body: BaseModel | Mapping[str, object],
        action: Callable[[IdempotencyKey], Awaitable[ModelT]],
        *,
        into: type[ModelT],
    ) -> ModelT:
        """Return what the action gives, or gave the first time; an error is not remembered.

        The action may be run again with the same key, and gives the same answer then. Raises
        `KeyReusedError` when the key came with another body, `StillRunningError` while the first
        request runs.
        """
        if self._given is None:
            return await action(NO_KEY)
        key, records = await self._key(self._given, body), await _records(self._request)
        name, record = str(key.name), Record(fingerprint=key.fingerprint)
        known = await records.claim(name, record)
        if known is not None:
            self._check(known, record)
            self._response.headers["Idempotent-Replayed"] = "true"
            with suppress(ValidationError):
                return into.model_validate_json(known.answer or "")
            # Kept by another version of this service: made anew, from what the data service keeps.
        try:
            result = await action(key)
        except BaseException:
            with suppress(UnavailableError):
                await records.release(name)
            raise
        answered = record.model_copy(update={"answer": result.model_dump_json()})
        # It is done, and its caller is told so, even if nobody here will know it the next time.
        with suppress(UnavailableError):
            await records.complete(name, answered)
        return result

    @staticmethod
    def _check(known: Record, record: Record) -> None:
        if not compare_digest(known.fingerprint, record.fingerprint):
            raise KeyReusedError("This Idempotency-Key was used for another request.")
        if known.answer is None:
            raise StillRunningError("The first request with this key is running.", retry_after=1)

    async def _key(self, given: str, body: BaseModel | Mapping[str, object]) -> IdempotencyKey:
        # The keys of who is signed in are their own. Those of all others are in one place, where
        # only the same body, secrets included, gets at an answer.
        caller = getattr(self._request.state, "caller", "")
        what = f"{self._request.method} {self._request.url.path} {caller} {given}"
        secret = (await _settings(self._request)).data_service_api_key.get_secret_value()
        return IdempotencyKey(
            name=sha256(what.encode()).hexdigest(), fingerprint=_fingerprint(body, secret)
        )


def _fingerprint(body: BaseModel | Mapping[str, object], secret: str) -> str:
    # Secrets count, but without this service's own one nobody can try passwords against it.
    asked = body.model_dump() if isinstance(body, BaseModel) else body
    text = json.dumps(asked, default=_to_text, sort_keys=True)
    return hmac_digest(secret.encode(), text.encode(), "sha256").hex()


def _to_text(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


Idempotent = Annotated[IdempotentRequest, Depends(instance(IdempotentRequest))]
