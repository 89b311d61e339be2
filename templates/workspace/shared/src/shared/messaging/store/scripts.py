"""Runs the Lua scripts, many at a time, and turns Redis' failures into ours."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING

from redis.exceptions import NoScriptError, RedisError

from shared.background import cancel_all
from shared.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis.asyncio import Redis
    from redis.commands.core import AsyncScript

    from shared.messaging.status import ClaimKey


@dataclass(frozen=True)
class Keys:
    """Makes the names of keys; each begins with the prefix."""

    prefix: str = ""

    def task(self, task_id: str) -> str:
        """Return the key of a task's record."""
        return f"{self.prefix}task:{task_id}"

    def claim_key(self, claim_key: ClaimKey) -> str:
        """Return the key of what is claimed: an event has one in each queue that gets it."""
        if claim_key.is_event:
            return f"{self.prefix}event:{claim_key.queue}:{claim_key.id}"
        return self.task(claim_key.id)

    def leases(self, queue: str) -> str:
        """Return the key of what is in flight in a queue, each with the end of its lease."""
        return f"{self.prefix}leases:{queue}"

    def stats(self, queue: str) -> str:
        """Return the key of a queue's counters."""
        return f"{self.prefix}stats:{queue}"

    @property
    def ping(self) -> str:
        """The key that is written to see whether Redis takes writes."""
        return f"{self.prefix}ping"

    def schedule(self, name: str) -> str:
        """Return the key of a schedule's record."""
        return f"{self.prefix}schedule:{name}"


# More at once would keep Redis from answering others meanwhile.
BATCH = 500
PING_KEY_SECONDS = 60


@dataclass(frozen=True)
class Call:
    """A script with its keys and args, and where its answer goes."""

    script: AsyncScript
    keys: Sequence[str]
    args: Sequence[str | float]
    answer: asyncio.Future[object]


class PipelineBatcher:
    """While one batch is on its way, what is called is gathered for the next."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._calls: list[Call] = []
        self._sending: asyncio.Task[None] | None = None

    async def call(
        self, script: AsyncScript, keys: Sequence[str], args: Sequence[str | float]
    ) -> object:
        """Return the answer of a script; raises RedisError or OSError.

        Once called it is carried out, even if nobody waits for the answer any more.
        """
        answer: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._calls.append(Call(script, keys, args, answer))
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send_all())
        return await answer

    async def close(self, grace_seconds: float) -> None:
        """Return once nothing is on its way any more; what takes longer is cut off."""
        if self._sending is not None:
            await asyncio.wait([self._sending], timeout=grace_seconds)
            await cancel_all([self._sending])

    async def _send_all(self) -> None:
        while self._calls:
            calls, self._calls = self._calls[:BATCH], self._calls[BATCH:]
            answers: Sequence[object] = [ConnectionError("cut off")] * len(calls)
            try:
                answers = await self._send(calls)
            except Exception as error:  # noqa: BLE001 - it is raised in each of the callers
                answers = [error] * len(calls)
            finally:
                # Also when this task is cancelled: nobody else would ever answer them.
                for call, answer in zip(calls, answers, strict=True):
                    _resolve(call, answer)

    async def _send(self, calls: Sequence[Call]) -> list[object]:
        async with self._client.pipeline(transaction=False) as pipeline:
            for call in calls:
                pipeline.evalsha(call.script.sha, len(call.keys), *call.keys, *map(str, call.args))
            answers = list(await pipeline.execute(raise_on_error=False))
        for number, call in enumerate(calls):
            # A Redis that was started anew has forgotten the scripts; nothing has happened yet.
            if isinstance(answers[number], NoScriptError):
                answers[number] = await _run_anew(call)
        return answers


async def _run_anew(call: Call) -> object:
    try:
        return await call.script(keys=call.keys, args=call.args)
    except (RedisError, OSError) as error:
        return error


def _resolve(call: Call, answer: object) -> None:
    if call.answer.done():
        return
    if isinstance(answer, Exception):
        call.answer.set_exception(answer)
    else:
        call.answer.set_result(answer)


_FOLDER = files("shared.messaging.store") / "lua"


def _text(name: str) -> str:
    return (_FOLDER / f"{name}.lua").read_text(encoding="utf-8")


class Scripts:
    """The scripts on one client. All raise UnavailableError when Redis does not answer."""

    def __init__(self, client: Redis) -> None:
        self._client, prelude = client, _text("prelude")
        self.batcher = PipelineBatcher(client)
        names = sorted(each.name.removesuffix(".lua") for each in _FOLDER.iterdir())
        self._scripts = {name: client.register_script(prelude + _text(name)) for name in names}

    async def run(self, name: str, keys: Sequence[str], args: Sequence[str | float] = ()) -> object:
        """Return the answer of one script."""
        try:
            return await self.batcher.call(self._scripts[name], keys, args)
        except (RedisError, OSError) as error:
            raise _unavailable() from error

    async def run_each(
        self, name: str, calls: Sequence[tuple[Sequence[str], Sequence[str | float]]]
    ) -> list[object]:
        """Return the answers of one script to many calls, which are pairs of keys and args."""
        answers: list[object] = []
        for start in range(0, len(calls), BATCH):
            answers += await self._run_batch(name, calls[start : start + BATCH])
        return answers

    async def _run_batch(
        self, name: str, calls: Sequence[tuple[Sequence[str], Sequence[str | float]]]
    ) -> list[object]:
        try:
            async with self._client.pipeline(transaction=False) as pipeline:
                for keys, args in calls:
                    await self._scripts[name](keys=keys, args=args, client=pipeline)
                return list(await pipeline.execute())
        except (RedisError, OSError) as error:
            raise _unavailable() from error

    async def read(self, key: str) -> dict[str, str]:
        """Return all fields of a record; nothing when there is none."""
        try:
            found = await self._client.hgetall(key)
            return {str(name): str(text) for name, text in found.items()}
        except (RedisError, OSError) as error:
            raise _unavailable() from error

    async def ping(self, key: str) -> None:
        """Raise UnavailableError when Redis does not answer, or does not take writes."""
        try:
            await self._client.set(key, 1, ex=PING_KEY_SECONDS)
        except (RedisError, OSError) as error:
            raise _unavailable() from error


def read_time(milliseconds: str | int) -> datetime:
    """Return a time that a script has written."""
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def _unavailable() -> UnavailableError:
    return UnavailableError("the store of tasks cannot be reached", retry_after=1)
