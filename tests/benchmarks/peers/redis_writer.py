"""Writes what a day leaves behind: `WHAT COUNT STATE_URL CACHE_URL FOLDER`; prints JSON."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.blobs import BlobSettings, BlobStore, open_blobs
from shared.contracts.media import MediaResult
from shared.errors import UnavailableError
from shared.lifecycle import Lifecycle
from shared.messaging.status import ClaimKey, TaskRegistration
from shared.messaging.store import RedisStore, open_store

# The worker's own modules, which are on the path of this process alone.
_redis: Any = import_module("app.redis")
_settings: Any = import_module("app.settings")
_analytics: Any = import_module("app.analytics.gateway")
_notifications: Any = import_module("app.notifications.gateway")

_AT_ONCE = 20
_PICTURE_BYTES, _FORM_BYTES = 700_000, 70_000
_EVENTS = ("user.created", "user.updated", "file.created", "media.processed")
_QUEUES = ("events.media-worker.user-events", "events.media-worker.counted")
# Of so many events one was caused by a task whose status is kept.
_EVENTS_FOR_A_TASK = 100
_CACHED_SECONDS = 30


class Writer:
    """Writes as the rendered worker does; what was refused is counted."""

    def __init__(self, store: RedisStore, redis: object, blobs: BlobStore) -> None:
        self._store, self._blobs = store, blobs
        self._counts = _analytics.RedisCounts(redis, 90)
        self._state = _notifications.RedisNotificationState(redis)

    async def event(self, number: int) -> None:
        """Claim one event for both consumers, and do what they do."""
        name, message_id = _EVENTS[number % len(_EVENTS)], str(uuid4())
        for queue in _QUEUES:
            await self._done(ClaimKey(id=message_id, name=name, queue=queue, is_event=True))
        await self._counts.add(datetime.now(UTC).date(), name, message_id)
        if name.startswith("user."):
            await self._state.advance(uuid4(), 1)
        if number % _EVENTS_FOR_A_TASK == 0:
            await self._task("analytics.report", "tasks.analytics", None)

    async def picture(self, _: int) -> None:
        """Keep an original and both forms, and the task with its result."""
        references = [
            await self._blobs.put(os.urandom(size), content_type="image/jpeg", owner=str(uuid4()))
            for size in (_PICTURE_BYTES, _FORM_BYTES, _FORM_BYTES)
        ]
        result = MediaResult(
            file_id=uuid4(),
            thumbnail_key=references[1],
            compressed_key=references[2],
            width=4000,
            height=3000,
        )
        await self._task("media.process", "tasks.media", result.model_dump_json().encode())

    async def _task(self, name: str, queue: str, result: bytes | None) -> None:
        task_id = str(uuid4())
        task = TaskRegistration(id=task_id, name=name, queue=queue, digest="0" * 64)
        await self._store.register([task])
        await self._store.published([task_id])
        await self._done(ClaimKey(id=task_id, name=name, queue=queue), result)

    async def _done(self, subject: ClaimKey, result: bytes | None = None) -> None:
        claim = await self._store.begin(subject, 1)
        await self._store.complete(subject, claim.token, seconds=0.1, result=result)


async def main() -> None:
    """Write so many, and print how many were refused."""
    what, count, state_url, cache_url, folder = sys.argv[1:]
    given: Mapping[str, object] = {
        "service_name": "media-worker",
        "amqp_url": "amqp://unused",
        "redis_url": SecretStr("redis://unused"),
        "messaging_prefix": "messaging.",
        "data_service_url": "http://unused",
        "data_service_api_key": SecretStr("k" * 32),
    }
    worker = _settings.WorkerSettings.model_validate(given)
    # By its socket, which a service is never given.
    worker = worker.model_copy(update={"redis_url": SecretStr(state_url)})
    blobs = BlobSettings(service_name="media-worker", blob_store_url=Path(folder).as_uri())
    async with (
        open_store(worker) as store,
        Lifecycle((_redis.REDIS,), {_settings.WorkerSettings: worker}) as resources,
        open_blobs(blobs) as opened,
    ):
        writer = Writer(store, resources.get(_redis.ServiceRedis), opened)
        kinds = {"events": writer.event, "pictures": writer.picture}
        if what in kinds:
            refused = await _write(kinds[what], int(count))
        else:
            async with _cached(cache_url) as write:
                refused = await _write(write, int(count))
    sys.stdout.write(json.dumps({"written": int(count), "refused": refused}) + "\n")


async def _write(write: Callable[[int], Awaitable[None]], count: int) -> int:
    """Write so many, some at a time; returns how many were refused."""
    refused, numbers = 0, iter(range(count))

    async def some() -> None:
        nonlocal refused
        for number in numbers:
            try:
                await write(number)
            except (UnavailableError, RedisError):
                refused += 1

    await asyncio.gather(*(some() for _ in range(_AT_ONCE)))
    return refused


@asynccontextmanager
async def _cached(url: str) -> AsyncIterator[Callable[[int], Awaitable[None]]]:
    """Yield what keeps one user, as the cache of a business API does."""
    user = {
        "email": "ada.lovelace@example.org", "name": "Ada Lovelace", "role": "user",
        "is_active": True, "version": 1, "created_at": datetime.now(UTC).isoformat(),
    }  # fmt: skip
    async with Redis.from_url(url) as redis:

        async def write(_: int) -> None:
            text = json.dumps({"id": str(uuid4()), **user})
            await redis.set(f"users-api:cache:user:{uuid4()}", text, ex=_CACHED_SECONDS)

        yield write


if __name__ == "__main__":
    asyncio.run(main())
