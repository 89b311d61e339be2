"""The state of tasks in Redis: each message takes effect once, and each task can be asked for."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING, cast
from uuid import uuid4

from pydantic_core import from_json
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from shared.background import running
from shared.lifecycle import Resource
from shared.messaging.status import (
    CancelOutcome,
    Claim,
    ClaimKey,
    ClaimResult,
    Counters,
    RegisterResult,
    State,
    TaskRegistration,
    TaskStatus,
)
from shared.messaging.store.leases import Leases
from shared.messaging.store.schedules import RedisSchedules
from shared.messaging.store.scripts import Keys, Scripts, read_time

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from shared.messaging.settings import TaskSettings

TIMEOUT_SECONDS = 2.0
MAX_CONNECTIONS = 32
# A lease that is over belonged to somebody who died; another begins the work soon.
_FORGOTTEN_MILLISECONDS = 3_600_000


class RedisStore:
    """Claims messages, keeps a record of each task, and counts for each queue.

    Each method is one round trip, and raises UnavailableError when Redis does not answer. `leases`
    has the claims of this process, which somebody must renew; `schedules` remembers what was
    enqueued by the clock.
    """

    def __init__(self, client: Redis, settings: TaskSettings) -> None:
        self._scripts, self._keys = Scripts(client), Keys(settings.messaging_prefix)
        self.leases = Leases(self._scripts, settings.task_claim_seconds)
        self.schedules = RedisSchedules(self._scripts, self._keys)
        # In milliseconds, as Redis counts.
        self._lease = round(settings.task_claim_seconds * 1000)
        self._keep_task = settings.task_status_seconds * 1000
        self._keep_event = settings.event_claim_seconds * 1000

    async def begin(self, claim_key: ClaimKey, attempt: int) -> Claim:
        """Claim the right to run it; the lease is renewed until it is settled or released.

        An id nobody knows may run. What is done or failed for good is DONE, and so is an attempt
        that is not above one for which `retry` was called: its copy is on the way.
        """
        token = f"{attempt}:{uuid4().hex}"
        keys = (self._keys.claim_key(claim_key), self._keys.leases(claim_key.queue))
        args = (*_known(claim_key, attempt), token, self._lease, self._keep(claim_key))
        answer = await self._scripts.run("begin", keys, args)
        result, wait = cast("tuple[str, int]", answer)
        if result != ClaimResult.RUN:
            return Claim(result=ClaimResult(result), seconds=wait / 1000)
        self.leases.add(token, keys, args)
        return Claim(result=ClaimResult.RUN, token=token)

    def when_lost(self, token: str, act: Callable[[], None]) -> None:
        """Have this done if the token's lease is lost before it is settled."""
        self.leases.when_lost(token, act)

    async def complete(
        self, claim_key: ClaimKey, token: str, *, seconds: float, result: bytes | None
    ) -> bool:
        """Write that it is done, with its result as JSON; False if the token's lease was lost."""
        return await self._settle("complete", claim_key, token, seconds, (result or b"").decode())

    async def retry(
        self, claim_key: ClaimKey, token: str, *, seconds: float, error: str, due: datetime
    ) -> bool:
        """Write that it failed and is tried again at `due`; False if the lease was lost.

        Called once the broker has the copy for the next attempt.
        """
        at = round(due.timestamp() * 1000)
        return await self._settle("retry", claim_key, token, seconds, error, at)

    async def fail(
        self, claim_key: ClaimKey, token: str, *, seconds: float, error: str, reason: str
    ) -> bool:
        """Write that it failed for good; False if the lease was lost.

        An empty token says that nobody ran it: what it holds could not even be read.
        """
        return await self._settle("fail", claim_key, token, seconds, error, reason)

    async def release(self, claim_key: ClaimKey, token: str) -> bool:
        """Give the claim back as if it had not begun; False if the lease was lost."""
        self.leases.drop(token)
        keys = (self._keys.claim_key(claim_key), self._keys.leases(claim_key.queue))
        args = (claim_key.id, _attempt(token), token, self._keep(claim_key))
        return bool(await self._scripts.run("release", keys, args))

    async def register(self, tasks: Sequence[TaskRegistration]) -> Sequence[RegisterResult]:
        """Write that these are about to be published; one answer for each, in their order."""
        calls = [((self._keys.task(task.id),), self._registered(task)) for task in tasks]
        if len(calls) == 1:
            answers = [await self._scripts.run("register", *calls[0])]
        else:
            answers = await self._scripts.run_each("register", calls)
        return [
            RegisterResult(publish=each == "new", conflict=each == "conflict") for each in answers
        ]

    async def published(self, ids: Sequence[str]) -> None:
        """Write that the broker has these: a second `register` of one does not publish it."""
        await self._scripts.run_each("published", [((self._keys.task(each),), ()) for each in ids])

    async def withdraw(self, ids: Sequence[str]) -> None:
        """Forget those that could not be published, unless they run or have run nevertheless."""
        await self._scripts.run_each("withdraw", [((self._keys.task(each),), ()) for each in ids])

    async def reopen(self, claim_keys: Sequence[ClaimKey]) -> None:
        """Let these begin anew, whatever has become of them: they are replayed."""
        calls = [((self._keys.claim_key(each),), ()) for each in claim_keys]
        await self._scripts.run_each("reopen", calls)

    async def get(self, task_id: str) -> TaskStatus | None:
        """Return what is known of a task; None if nothing is, or no longer."""
        found = await self._scripts.read(self._keys.task(task_id))
        return _status(task_id, found) if found else None

    async def cancel(self, task_id: str) -> CancelOutcome:
        """Keep a task from running; one that is running or over is too late to cancel."""
        answer = await self._scripts.run("cancel", (self._keys.task(task_id),))
        return CancelOutcome(str(answer))

    async def counters(self, queues: Iterable[str]) -> Mapping[str, Counters]:
        """Return the counters of each queue, zeros for one that nobody has counted."""
        names = tuple(queues)
        calls = [
            ((self._keys.stats(name), self._keys.leases(name)), (_FORGOTTEN_MILLISECONDS,))
            for name in names
        ]
        answers = await self._scripts.run_each("counters", calls)
        return {
            name: _counters(cast("list[str]", answer))
            for name, answer in zip(names, answers, strict=True)
        }

    async def close(self) -> None:
        """Finish what is on its way: after its connections were closed it would make new ones."""
        await self._scripts.batcher.close(TIMEOUT_SECONDS)

    async def ping(self) -> None:
        """Raise UnavailableError when Redis does not answer, or takes no writes: it is full."""
        await self._scripts.ping(self._keys.ping)

    async def _settle(
        self, script: str, claim_key: ClaimKey, token: str, seconds: float, *more: str | float
    ) -> bool:
        self.leases.drop(token)
        queue = claim_key.queue
        keys = (self._keys.claim_key(claim_key), self._keys.leases(queue), self._keys.stats(queue))
        known = (*_known(claim_key, _attempt(token)), token)
        args = (*known, self._keep(claim_key), seconds, *more)
        return bool(await self._scripts.run(script, keys, args))

    def _keep(self, claim_key: ClaimKey) -> int:
        return self._keep_event if claim_key.is_event else self._keep_task

    def _registered(self, task: TaskRegistration) -> tuple[str | float, ...]:
        due = "" if task.due is None else round(task.due.timestamp() * 1000)
        return task.name, task.queue, task.digest, self._keep_task, due, task.owner


def _known(claim_key: ClaimKey, attempt: int) -> tuple[str, str, str, int]:
    return claim_key.id, claim_key.name, claim_key.queue, attempt


def _attempt(token: str) -> int:
    return int(token.partition(":")[0] or 0)


def _status(task_id: str, found: Mapping[str, str]) -> TaskStatus:
    def moment(field: str) -> datetime | None:
        return read_time(found[field]) if field in found else None

    return TaskStatus(
        id=task_id,
        name=found.get("name", ""),
        queue=found.get("queue", ""),
        state=State(found.get("state", State.QUEUED)),
        attempts=int(found.get("attempts", 0)),
        enqueued_at=moment("enqueued"),
        started_at=moment("started"),
        finished_at=moment("finished"),
        due_at=moment("due"),
        error=found.get("error"),
        reason=found.get("reason"),
        owner=found.get("owner", ""),
        result=from_json(found["result"]) if "result" in found else None,
    )


def _counters(answer: Sequence[str]) -> Counters:
    processed, failed, retried, runs, seconds, longest, in_flight = map(float, answer)
    return Counters(
        processed=int(processed),
        failed=int(failed),
        retried=int(retried),
        in_flight=int(in_flight),
        seconds_mean=seconds / runs if runs else 0.0,
        seconds_max=longest,
    )


@asynccontextmanager
async def open_store(settings: TaskSettings) -> AsyncIterator[RedisStore]:
    """Open the store; it connects when there is something to ask."""
    pool = BlockingConnectionPool.from_url(
        settings.redis_url.get_secret_value(),
        max_connections=MAX_CONNECTIONS,
        timeout=TIMEOUT_SECONDS,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        # One more try is for a connection that broke while it was idle.
        retry=Retry(NoBackoff(), 1),
        decode_responses=True,
    )
    async with Redis.from_pool(pool) as client:
        store = RedisStore(client, settings)
        try:
            async with running(store.leases.renew_forever):
                yield store
        finally:
            await store.close()


@cache
def store_resource(settings: type[TaskSettings]) -> Resource[RedisStore]:
    """Return the one store of a process, whose settings are of this class."""
    return Resource(
        provides=RedisStore,
        open=lambda resources: open_store(resources.get(settings)),
        requires=(settings,),
    )
