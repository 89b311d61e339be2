"""Does what a request asks for once, however often it is sent."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from hashlib import sha256
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel, StringConstraints, WithJsonSchema

from app.errors import KeyReusedError, StillRunningError
from app.idempotency.records import Idempotency, Record
from shared.errors import UnavailableError
from shared.web import resource

ModelT = TypeVar("ModelT", bound=BaseModel)

_KEY = "^[A-Za-z0-9._-]{8,128}$"


class OnceForKey:
    """One request and its key, if it has one: `await once(body, lambda: ..., into=User)`."""

    def __init__(
        self,
        request: Request,
        response: Response,
        idempotency: Annotated[Idempotency, Depends(resource(Idempotency))],
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
        self._records = idempotency.records
        self._key = idempotency_key

    @property
    def name(self) -> str | None:
        """A name that only this caller's key for this request gives, if there is a key."""
        return None if self._key is None else self._name(self._key)

    async def __call__(
        self, body: BaseModel, action: Callable[[], Awaitable[ModelT]], *, into: type[ModelT]
    ) -> ModelT:
        """Return what the action gives, or gave the first time; an error is not remembered.

        Raises `KeyReusedError` when the key came with another body, `StillRunningError` while the
        first request runs.
        """
        if self._key is None:
            return await action()
        name, record = self._name(self._key), Record(fingerprint=_fingerprint(body))
        known = await self._records.claim(name, record)
        if known is not None:
            return self._replayed(known, record, into)
        try:
            result = await action()
        except BaseException:
            with suppress(UnavailableError):
                await self._records.release(name)
            raise
        answered = record.model_copy(update={"answer": result.model_dump_json()})
        # It is done, and its caller is told so, even if nobody will know it the next time.
        with suppress(UnavailableError):
            await self._records.complete(name, answered)
        return result

    def _replayed(self, known: Record, record: Record, into: type[ModelT]) -> ModelT:
        if known.fingerprint != record.fingerprint:
            raise KeyReusedError("This Idempotency-Key was used for another request.")
        if known.answer is None:
            raise StillRunningError("The first request with this key is running.", retry_after=1)
        self._response.headers["Idempotent-Replayed"] = "true"
        return into.model_validate_json(known.answer)

    def _name(self, key: str) -> str:
        # A key is its caller's own: nobody gets at another one's answer by guessing it.
        caller = getattr(self._request.state, "caller", "")
        what = f"{self._request.method} {self._request.url.path} {caller} {key}"
        return sha256(what.encode()).hexdigest()


def _fingerprint(body: BaseModel) -> str:
    # Secrets are masked in it: nobody can guess a password by what is kept here.
    return sha256(body.model_dump_json().encode()).hexdigest()


Once = Annotated[OnceForKey, Depends()]
