"""Looks at a run's queues with a connection of its own for each look."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aio_pika import connect
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from shared.messaging import headers
from shared.messaging.topology import LEVELS, Names, dead_queue
from shared.testing.waiting import wait_until

_EMPTY_SECONDS = 120.0
_LOOKS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Queues:
    """The queues of a run by the names that the broker has them by, and the waiting queues."""

    url: str
    names: Sequence[str]
    waiting: Sequence[str]

    async def ready(self) -> int:
        """Return how many messages wait for a worker."""
        async with self._channel() as channel:
            return await _ready(channel, self.names)

    async def wait_until_empty(self) -> None:
        """Wait until no message is left, in the waiting queues neither."""
        async with self._channel() as channel:
            looks = 0

            async def empty() -> bool:
                nonlocal looks
                # What a worker has in hand for a moment is in none of them.
                is_empty = await _ready(channel, (*self.waiting, *self.names)) == 0
                looks = looks + 1 if is_empty else 0
                return looks == _LOOKS

            await wait_until(empty, timeout_seconds=_EMPTY_SECONDS, what="empty queues")

    async def dead(self) -> int:
        """Return how many dead letters there are."""
        async with self._channel() as channel:
            return await _ready(channel, [dead_queue(name) for name in self.names])

    async def dead_reasons(self) -> list[str]:
        """Take all dead letters and return the reason of each."""
        reasons = []
        async with self._channel() as channel:
            for name in self.names:
                queue = await channel.get_queue(dead_queue(name), ensure=False)
                while message := await queue.get(no_ack=True, fail=False):
                    reasons.append(_reason(message))
        return reasons

    @asynccontextmanager
    async def _channel(self) -> AsyncIterator[AbstractChannel]:
        async with await connect(self.url) as connection:
            yield await connection.channel()


async def _ready(channel: AbstractChannel, names: Sequence[str]) -> int:
    found = [await channel.declare_queue(name, passive=True) for name in names]
    return sum(queue.declaration_result.message_count or 0 for queue in found)


def _reason(message: AbstractIncomingMessage) -> str:
    return str(message.headers.get(headers.REASON, "delivery-limit"))


def queues(url: str, prefix: str, taken: Sequence[str]) -> Queues:
    """Return these queues, named without the prefix, and the waiting queues."""
    names = Names(prefix)
    return Queues(
        url=url,
        names=[names.of(each) for each in taken],
        # Messages move downwards, so looking in this order misses none.
        waiting=[names.level(level) for level in reversed(range(LEVELS))],
    )
