"""Sends the calls that many tasks make at the same time together, in one round trip."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from redis.exceptions import NoScriptError, RedisError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis.asyncio import Redis
    from redis.commands.core import AsyncScript

# More at once would keep Redis from answering others meanwhile.
BATCH = 500


@dataclass(frozen=True)
class Call:
    """A script with its keys and words, and where its answer goes."""

    script: AsyncScript
    keys: Sequence[str]
    words: Sequence[str | float]
    answer: asyncio.Future[object]


class Gathering:
    """While one batch is on its way, what is called is gathered for the next."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._calls: list[Call] = []
        self._sending: asyncio.Task[None] | None = None

    async def call(
        self, script: AsyncScript, keys: Sequence[str], words: Sequence[str | float]
    ) -> object:
        """Return the answer of a script; raises RedisError or OSError.

        Once called it is carried out, even if nobody waits for the answer any more.
        """
        answer: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._calls.append(Call(script, keys, words, answer))
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send_all())
        return await answer

    async def _send_all(self) -> None:
        while self._calls:
            calls, self._calls = self._calls[:BATCH], self._calls[BATCH:]
            try:
                answers = await self._send(calls)
            except (RedisError, OSError) as error:
                answers = [error] * len(calls)
            for call, answer in zip(calls, answers, strict=True):
                _tell(call, answer)

    async def _send(self, calls: Sequence[Call]) -> list[object]:
        async with self._client.pipeline(transaction=False) as pipeline:
            for call in calls:
                pipeline.evalsha(call.script.sha, len(call.keys), *call.keys, *map(str, call.words))
            answers = list(await pipeline.execute(raise_on_error=False))
        for number, call in enumerate(calls):
            # A Redis that was started anew has forgotten the scripts; nothing has happened yet.
            if isinstance(answers[number], NoScriptError):
                answers[number] = await call.script(keys=call.keys, args=call.words)
        return answers


def _tell(call: Call, answer: object) -> None:
    if call.answer.done():
        return
    if isinstance(answer, Exception):
        call.answer.set_exception(answer)
    else:
        call.answer.set_result(answer)
