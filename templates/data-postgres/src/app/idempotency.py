"""Idempotency keys: a write that is sent twice with one key is done once.

The key is claimed and the answer kept in the transaction of the change, so both are there or none.
Two requests with one key at the same time: the second waits for the first to end. An error leaves
nothing behind, and the same request may be sent again.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, cast
from uuid import UUID

import structlog
from fastapi import Request, Response
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Index, Table, bindparam, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.access import ANY_CONSUMER
from app.base import NOW, Base
from app.database import DATABASE, Database, StatementReader
from app.errors import KeyReusedError, translate_errors
from app.records import View
from app.settings import DataSettings
from shared.background import BackgroundTask
from shared.errors import InvalidError, ServiceError, UnavailableError
from shared.lifecycle import Resource, Resources
from shared.web import Feature

KEY_HEADER, FINGERPRINT_HEADER = "Idempotency-Key", "Idempotency-Fingerprint"
REPLAYED_HEADER = "Idempotent-Replayed"
KEY_PATTERN = re.compile("^[A-Za-z0-9._-]{8,128}$")
FINGERPRINT_PATTERN = re.compile("^[!-~]{16,128}$")
CLEANING_SECONDS = 60.0
BATCH = 1000

_log = structlog.stdlib.get_logger(__name__)


class IdempotencyKey(Base):
    """A request that was done, and its answer; once it is committed it has one."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created_at", "created_at"),)

    consumer: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    # A digest: what the body held, a password's hash for example, can't be read from it.
    fingerprint: Mapped[bytes]
    status: Mapped[int | None]
    location: Mapped[str | None]
    body: Mapped[bytes | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


# Made once, and of the table itself: no object is kept in sync with what they write.
_KEYS = cast("Table", IdempotencyKey.__table__)
_CLAIM = insert(_KEYS).on_conflict_do_nothing().returning(_KEYS.c.key)
_KEEP = update(_KEYS).where(
    _KEYS.c.consumer == bindparam("claimed_by"), _KEYS.c.key == bindparam("claimed_key")
)


def _described(name: str, pattern: re.Pattern[str], description: str) -> dict[str, Any]:
    schema = {"type": "string", "pattern": pattern.pattern, "title": name}
    place = {"name": name, "in": "header", "required": False}
    return {**place, "schema": schema, "description": description}


# For OpenAPI only: `read_key` checks them. As parameters of a dependency they would cost every
# change, with a key or without one, as much as its whole access log does.
KEY_PARAMETERS = [
    _described(KEY_HEADER, KEY_PATTERN, "Sent again with it, the request is not done again."),
    _described(
        FINGERPRINT_HEADER,
        FINGERPRINT_PATTERN,
        "Counts in place of the body, where two attempts of one request have different ones: a"
        " digest of what is asked for.",
    ),
]


@dataclass(frozen=True, kw_only=True)
class KeyedRequest:
    """A request that came with a key."""

    consumer: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a request was answered the first time."""

    status: int
    location: str | None
    body: bytes


async def read_key(request: Request) -> KeyedRequest | None:
    """Return the key of a request and whose it is, if it has one.

    Raises `UnknownConsumerError`, or `InvalidError` for a header that is not of its form.
    """
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return None
    consumer = await ANY_CONSUMER(request)
    given = request.headers.get(FINGERPRINT_HEADER)
    _check(KEY_HEADER, KEY_PATTERN, key)
    _check(FINGERPRINT_HEADER, FINGERPRINT_PATTERN, given)
    content = await request.body() if given is None else given.encode()
    what = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    fingerprint = sha256(what + content).digest()
    return KeyedRequest(consumer=consumer.name, key=key, fingerprint=fingerprint)


def _check(name: str, pattern: re.Pattern[str], value: str | None) -> None:
    if value is not None and not pattern.fullmatch(value):
        reason = f"It is not of the form {pattern.pattern}"
        found = {"field": f"header.{name}", "reason": reason}
        raise InvalidError("The request is not valid", errors=[{**found}])


async def claim_key(session: AsyncSession, keyed: KeyedRequest) -> Answer | None:
    """Claim the key until the transaction ends, or return the answer that it got before.

    Waits for a transaction that has claimed it. Raises `KeyReusedError` when the key came with
    another request.
    """
    names = {"consumer": keyed.consumer, "key": keyed.key}
    with translate_errors():
        if await session.scalar(_CLAIM, {**names, "fingerprint": keyed.fingerprint}) is not None:
            return None
        kept = await session.get(IdempotencyKey, (keyed.consumer, keyed.key))
    if kept is None or kept.status is None:
        # It was removed for its age in this moment.
        raise UnavailableError("This key has just expired.", retry_after=1)
    if kept.fingerprint != keyed.fingerprint:
        raise KeyReusedError(f"This {KEY_HEADER} was used for another request.")
    return Answer(status=kept.status, location=kept.location, body=kept.body or b"")


async def keep_answer(session: AsyncSession, keyed: KeyedRequest, response: Response) -> None:
    """Keep the answer beside the key, in the transaction that has claimed it."""
    values = {
        "claimed_by": keyed.consumer,
        "claimed_key": keyed.key,
        "status": response.status_code,
        "location": response.headers.get("Location"),
        "body": bytes(response.body),
    }
    with translate_errors():
        await session.execute(_KEEP, values)


async def replay(
    answer: Answer,
    adapter: TypeAdapter[Any],
    view: View[Any, Any] | None,
    reader: StatementReader,
) -> Response:
    """Return the first answer again, in the form that answers have now.

    One that an older version gave may lack what the model has now: then its records are read again.
    Raises `NotFoundError` when one of them is gone.
    """
    headers = {REPLAYED_HEADER: "true"}
    if answer.location is not None:
        headers["Location"] = answer.location
    if not answer.body:
        return Response(status_code=answer.status, headers=headers)
    try:
        current = adapter.validate_json(answer.body)
    except ValidationError:
        renewed = await _read_again(json.loads(answer.body), view, reader)
        current = adapter.validate_python(renewed)
    content = adapter.dump_json(current)
    return Response(content, answer.status, headers, media_type="application/json")


async def _read_again(kept: object, view: View[Any, Any] | None, reader: StatementReader) -> object:
    """Return the kept answer with each record in it as it is now."""
    if isinstance(kept, list):
        return [await _read_again(each, view, reader) for each in kept]
    if not isinstance(kept, dict):
        return kept
    if "id" in kept and view is not None:
        return await view.get(reader, UUID(kept["id"]))
    return {name: await _read_again(each, view, reader) for name, each in kept.items()}


class KeyCleaner:
    """Removes keys that are older than they need to be, some at a time."""

    def __init__(self, database: Database, hours: int) -> None:
        self._database, self._age = database, timedelta(hours=hours)

    async def run(self) -> None:
        """Remove expired keys until it is cancelled; no failure ends it."""
        while True:
            try:
                while await self.remove_some() == BATCH:
                    pass
            except ServiceError as error:
                _log.warning("expired idempotency keys stay for now", reason=error.detail)
            except Exception:  # noqa: BLE001 - the service is worth more than the cleaning
                _log.error("expired idempotency keys stay for now", exc_info=True)
            await asyncio.sleep(CLEANING_SECONDS)

    async def remove_some(self) -> int:
        """Remove the oldest expired keys, up to a batch, and return how many they were."""
        name = tuple_(IdempotencyKey.consumer, IdempotencyKey.key)
        expired = (
            select(IdempotencyKey.consumer, IdempotencyKey.key)
            .where(IdempotencyKey.created_at < func.now() - self._age)
            .order_by(IdempotencyKey.created_at)
            .limit(BATCH)
            # Not to wait for another replica that removes the same.
            .with_for_update(skip_locked=True)
        )
        statement = delete(IdempotencyKey).where(name.in_(expired)).returning(IdempotencyKey.key)
        async with self._database.transaction() as session:
            return len((await session.execute(statement)).all())


@asynccontextmanager
async def open_cleaner(resources: Resources) -> AsyncIterator[KeyCleaner]:
    """Clean in the background for as long as the process serves."""
    hours = resources.get(DataSettings).idempotency_key_hours
    cleaner = KeyCleaner(resources.get(Database), hours)
    cleaning = BackgroundTask(cleaner.run)
    try:
        yield cleaner
    finally:
        await cleaning.stop()


CLEANER = Resource(provides=KeyCleaner, open=open_cleaner, requires=(Database, DataSettings))

feature = Feature(name="idempotency", resources=(DATABASE, CLEANER))
