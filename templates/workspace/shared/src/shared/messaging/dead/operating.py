"""What an operator does with the dead letters of a service's queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.messaging.dead.choosing import Counts, chosen
from shared.messaging.dead.held import Held, hold
from shared.messaging.dead.letters import DeadLetter, Filter
from shared.messaging.topology import Names, dead_queue

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from aio_pika.abc import AbstractRobustConnection

    from shared.messaging.dead.replaying import Replayer
    from shared.messaging.dead.taken import Taken

    Act = Callable[[Held, Sequence[tuple[Taken, DeadLetter]]], Awaitable[None]]

# So many are reset, published and acked together; a kill in between doubles at most these.
BATCH = 100


class DeadLetters:
    """Queues are named without the prefix, `tasks.media`; all raise UnavailableError.

    While one operator looks, another sees only what the first does not hold.
    """

    def __init__(
        self, connection: AbstractRobustConnection, names: Names, replayer: Replayer
    ) -> None:
        self._connection, self._names, self._replayer = connection, names, replayer

    async def queues(self, queues: Sequence[str]) -> dict[str, int]:
        """Return how many dead letters each queue has."""
        return {queue: await self._count(queue) for queue in queues}

    async def list(self, queue: str, wanted: Filter) -> list[DeadLetter]:
        """Return those that are meant, the oldest first, and leave all as it is."""
        async with self._hold(queue) as held:
            return [letter for _, letter in await chosen(held, queue, wanted)]

    async def show(self, queue: str, letter_id: str) -> DeadLetter | None:
        """Return one of them, None if there is no such."""
        found = await self.list(queue, Filter(id=letter_id, limit=1))
        return found[0] if found else None

    async def replay(self, queue: str, wanted: Filter, *, dry_run: bool = False) -> Counts:
        """Put those that are meant back into their queue, from their first attempt.

        Raises UnroutableError if the queue is gone; what was not replayed stays a dead letter.
        """
        return await self._act(queue, wanted, None if dry_run else self._replayer.replay)

    async def purge(self, queue: str, wanted: Filter, *, dry_run: bool = False) -> Counts:
        """Remove those that are meant, for good."""
        return await self._act(queue, wanted, None if dry_run else _remove)

    async def _act(self, queue: str, wanted: Filter, act: Act | None) -> Counts:
        counts = Counts(dry_run=act is None)
        async with self._hold(queue) as held:
            meant = await chosen(held, queue, wanted)
            counts.by_reason.update(letter.reason for _, letter in meant)
            if act is not None:
                for start in range(0, len(meant), BATCH):
                    await act(held, meant[start : start + BATCH])
        return counts

    async def _count(self, queue: str) -> int:
        async with self._hold(queue) as held:
            return held.there

    def _hold(self, queue: str) -> AbstractAsyncContextManager[Held]:
        return hold(self._connection, self._names.of(dead_queue(queue)))


async def _remove(held: Held, letters: Sequence[tuple[Taken, DeadLetter]]) -> None:
    for taken, _ in letters:
        await held.ack(taken)
