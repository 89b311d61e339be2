"""Runs the Lua scripts, each in at most one round trip, and turns Redis' failures into ours."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from shared.errors import UnavailableError
from shared.messaging.store.gathering import BATCH, Gathering

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis.asyncio import Redis

_FOLDER = files("shared.messaging.store") / "lua"


def _text(name: str) -> str:
    return (_FOLDER / f"{name}.lua").read_text(encoding="utf-8")


class Scripts:
    """The scripts on one client. All raise UnavailableError when Redis does not answer."""

    def __init__(self, client: Redis) -> None:
        self._client, prelude = client, _text("prelude")
        self._gathering = Gathering(client)
        names = sorted(each.name.removesuffix(".lua") for each in _FOLDER.iterdir())
        self._scripts = {name: client.register_script(prelude + _text(name)) for name in names}

    async def run(
        self, name: str, keys: Sequence[str], words: Sequence[str | float] = ()
    ) -> object:
        """Return the answer of one script."""
        try:
            return await self._gathering.call(self._scripts[name], keys, words)
        except (RedisError, OSError) as error:
            raise _unavailable() from error

    async def run_each(
        self, name: str, calls: Sequence[tuple[Sequence[str], Sequence[str | float]]]
    ) -> list[object]:
        """Return the answers of one script to many calls, which are pairs of keys and words."""
        answers: list[object] = []
        for start in range(0, len(calls), BATCH):
            answers += await self._run_batch(name, calls[start : start + BATCH])
        return answers

    async def _run_batch(
        self, name: str, calls: Sequence[tuple[Sequence[str], Sequence[str | float]]]
    ) -> list[object]:
        try:
            async with self._client.pipeline(transaction=False) as pipeline:
                for keys, words in calls:
                    await self._scripts[name](keys=keys, args=words, client=pipeline)
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

    async def ping(self) -> None:
        """Raise UnavailableError when Redis does not answer."""
        try:
            await self._client.ping()
        except (RedisError, OSError) as error:
            raise _unavailable() from error


def _unavailable() -> UnavailableError:
    return UnavailableError("the store of tasks cannot be reached", retry_after=1)
