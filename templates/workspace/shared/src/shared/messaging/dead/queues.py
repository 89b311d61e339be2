"""Looks at dead letters page by page, puts them back into their queue, or removes them.

AMQP can only take messages from a queue's head, so whoever looks holds what he passes until he is
done. Here that is never more than `most` messages of a queue, of which only the tags are kept.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from heapq import nsmallest
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from aio_pika.exceptions import ChannelNotFoundEntity
from anyio import move_on_after

from shared.messaging import headers
from shared.messaging.broker import open_broker
from shared.messaging.dead.letters import DeadLetter, Filter, letter_of
from shared.messaging.messages import Outgoing
from shared.messaging.status import ClaimKey
from shared.messaging.topology import LEVELS, UNROUTED, Names, dead_queue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from aiormq.abc import AbstractChannel, DeliveredMessage

    from shared.messaging.broker import Broker
    from shared.messaging.settings import BrokerSettings
    from shared.messaging.store import RedisStore

    _Meant: TypeAlias = tuple[DeliveredMessage, DeadLetter]

T = TypeVar("T")

# So many of a queue are held at most, unless the caller says otherwise.
MOST = 10_000
# So many are reset, published and acked together; a kill in between doubles at most these.
BATCH = 100

CONNECT_SECONDS = 5.0
_RETURN_SECONDS = 2.0
_PAUSE_SECONDS = 0.01


@dataclass(kw_only=True)
class Found:
    """The dead letters of one queue that were meant, and how far the queue was looked through.

    `complete` is False when there are more than could be held: more may be meant then.
    """

    letters: list[DeadLetter] = field(default_factory=list)
    by_reason: Counter[str] = field(default_factory=Counter)
    looked_at: int = 0
    there: int = 0
    complete: bool = True


class DeadLetters:
    """The dead letters of queues, which are named without the prefix: `tasks.media`.

    All methods raise UnavailableError. While one operator looks, another sees only what the first
    does not hold.
    """

    def __init__(
        self,
        broker: Broker,
        names: Names,
        store: RedisStore,
    ) -> None:
        self._broker, self._names, self._store = broker, names, store

    async def list(self, queue: str, wanted: Filter, *, most: int = MOST) -> Found:
        """Return those that are meant, the oldest first, and leave all as it is."""
        async with self._look(queue, most) as look:
            letters = (letter async for _, letter in look.meant(wanted))
            found = await _oldest(letters, wanted.limit, lambda each: each.age_key)
            return look.summary(Counter(each.reason for each in found), found)

    async def replay(
        self, queue: str, wanted: Filter, *, dry_run: bool = False, most: int = MOST
    ) -> Found:
        """Put those that are meant back into their queue, from their first attempt.

        Raises UnroutableError if the queue is gone; what was not replayed stays a dead letter.
        """
        async with self._look(queue, most) as look:
            return await look.act(wanted, None if dry_run else partial(self._send_again, look))

    async def purge(
        self, queue: str, wanted: Filter, *, dry_run: bool = False, most: int = MOST
    ) -> Found:
        """Remove those that are meant, for good."""
        async with self._look(queue, most) as look:
            return await look.act(wanted, None if dry_run else look.ack)

    async def _send_again(self, look: _Look, batch: Sequence[_Meant]) -> None:
        # The order keeps it from being lost: a message that came before its claim is reset would
        # count as done, and one acked before its copy is confirmed could be gone.
        claim_keys, by_queue = [], dict[str, list[Outgoing]]()
        for message, letter in batch:
            queue = _queue_of(message, letter)
            by_queue.setdefault(queue, []).append(_copy(message))
            if letter.id:
                key = {"id": letter.id, "name": letter.name, "queue": queue}
                claim_keys.append(ClaimKey(**key, is_event=letter.is_event))
        await self._store.reopen(claim_keys)
        for queue, copies in by_queue.items():
            await self._broker.send_all(copies, queue)
        await look.ack(batch)

    @asynccontextmanager
    async def _look(self, queue: str, most: int) -> AsyncIterator[_Look]:
        # What is held belongs to the channel, so it is not shared with publishing.
        async with self._broker.channel() as channel:
            look = _Look(channel, queue, self._names, most)
            try:
                await look.begin()
                yield look
            finally:
                await look.give_back()


@asynccontextmanager
async def open_dead_letters(
    settings: BrokerSettings, store: RedisStore
) -> AsyncIterator[DeadLetters]:
    """Connect, or raise UnavailableError soon: an operator need not wait for a broker."""
    async with open_broker(settings, start_seconds=CONNECT_SECONDS) as broker:
        yield DeadLetters(broker, settings.names, store)


class _Look:
    """Takes the messages of a queue one by one; what is not acked goes back at the end.

    The broker puts what has been looked at before in front of what has not, but among itself in
    the order in which it came back. So a look that is over early still passes all of the former,
    and gives back in the order of dying: the oldest come first the next time too.
    """

    def __init__(self, channel: AbstractChannel, queue: str, names: Names, most: int) -> None:
        self.queue, self.there, self.looked_at, self.complete = queue, 0, 0, True
        self._channel, self._name, self._most = channel, names.of(dead_queue(queue)), most
        self._held: dict[int, tuple[datetime, str]] = {}
        self._acked = 0

    async def begin(self) -> None:
        """Count what is there; what dies after that is left for the next time."""
        with suppress(ChannelNotFoundEntity):
            found = await self._channel.queue_declare(self._name, passive=True)
            self.there = found.message_count or 0

    async def meant(self, wanted: Filter) -> AsyncIterator[_Meant]:
        """Yield what fits, in the order of the queue: at least `limit` if there are so many."""
        count = 0
        while self.looked_at < self.there:
            if len(self._held) >= self._most:
                self.complete = wanted.limit is not None and count >= wanted.limit
                return
            message = await self._channel.basic_get(self._name)
            if message.delivery_tag is None:
                return
            self.looked_at += 1
            letter = letter_of(message, self.queue)
            self._held[message.delivery_tag] = letter.age_key
            if wanted.fits(letter):
                count += 1
                yield message, letter
            if wanted.limit is not None and count >= wanted.limit and not message.redelivered:
                return

    async def batches(self, wanted: Filter) -> AsyncIterator[list[_Meant]]:
        """Yield what is meant in parts of a size to act on."""
        if wanted.limit is not None:
            found = await _oldest(self.meant(wanted), wanted.limit, lambda each: each[1].age_key)
            for start in range(0, len(found), BATCH):
                yield found[start : start + BATCH]
            return
        batch: list[_Meant] = []
        async for each in self.meant(wanted):
            batch.append(each)
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    async def act(
        self, wanted: Filter, do: Callable[[Sequence[_Meant]], Awaitable[None]] | None
    ) -> Found:
        """Do it with what is meant, part by part, or only count; return what was found."""
        by_reason: Counter[str] = Counter()
        async for batch in self.batches(wanted):
            if do is not None:
                await do(batch)
            by_reason.update(letter.reason for _, letter in batch)
        return self.summary(by_reason)

    async def ack(self, batch: Sequence[_Meant]) -> None:
        """Have the broker forget these."""
        for message, _ in batch:
            if message.delivery_tag is not None:
                await self._channel.basic_ack(message.delivery_tag)
                del self._held[message.delivery_tag]
                self._acked += 1

    async def give_back(self) -> None:
        """Give back what was not acked; returns once the queue has it again."""
        for tag in sorted(self._held, key=self._held.__getitem__):
            await self._channel.basic_nack(tag, requeue=True)
        if not self._held:
            return
        expected = self.there - self._acked
        # Another operator may hold some by then, so this has an end.
        with move_on_after(_RETURN_SECONDS):
            while True:
                found = await self._channel.queue_declare(self._name, passive=True)
                if (found.message_count or 0) >= expected:
                    return
                await asyncio.sleep(_PAUSE_SECONDS)

    def summary(self, by_reason: Counter[str], letters: Sequence[DeadLetter] = ()) -> Found:
        """Return what was found, and how far the queue was looked through."""
        return Found(
            letters=list(letters),
            by_reason=by_reason,
            looked_at=self.looked_at,
            there=self.there,
            complete=self.complete,
        )


def _queue_of(message: DeliveredMessage, letter: DeadLetter) -> str:
    """Return the queue that a message is for; one that waited in vain has it behind its delay."""
    if letter.queue != UNROUTED:
        return letter.queue
    return (message.routing_key or "").split(".", LEVELS)[-1]


def _copy(message: DeliveredMessage) -> Outgoing:
    sent = message.header.properties
    carried = {**headers.copied_headers(sent.headers or {}), headers.ATTEMPT: 1}
    carried.pop(headers.DUE, None)
    return Outgoing(
        id=sent.message_id or "",
        body=message.body,
        correlation_id=sent.correlation_id or "",
        headers=carried,
        time=sent.timestamp or datetime.now(UTC),
    )


async def _oldest(
    found: AsyncIterator[T], limit: int | None, key: Callable[[T], tuple[datetime, str]]
) -> list[T]:
    """Return the oldest, sorted, while keeping few more than these."""
    kept: list[T] = []
    async for each in found:
        kept.append(each)
        if limit is not None and len(kept) >= 2 * limit + BATCH:
            kept = nsmallest(limit, kept, key=key)
    return sorted(kept, key=key)[:limit]
