"""Declares what the topology names; after a lost connection the same is declared again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aio_pika import ExchangeType

from shared.messaging.ladder import LEVELS, arrival_pattern, level_patterns
from shared.messaging.topology import dead_queue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aio_pika.abc import AbstractRobustChannel, AbstractRobustQueue

    from shared.messaging.topology import Names


async def declare_events(channel: AbstractRobustChannel, names: Names) -> None:
    """Declare the exchange of events: publishing to one that is not there fails."""
    await channel.declare_exchange(names.events, ExchangeType.TOPIC, durable=True)


async def declare_ladder(channel: AbstractRobustChannel, names: Names) -> None:
    """Declare the waiting queues, the lowest first, each bound to hand on to the one below."""
    below = await channel.declare_exchange(names.arrivals, ExchangeType.TOPIC, durable=True)
    for level in range(LEVELS):
        name = names.level(level)
        exchange = await channel.declare_exchange(name, ExchangeType.TOPIC, durable=True)
        queue = await channel.declare_queue(
            name, durable=True, arguments=names.level_arguments(level)
        )
        waits, skips = level_patterns(level)
        await queue.bind(exchange, waits)
        await below.bind(exchange, skips)
        below = exchange


async def declare_queue(
    channel: AbstractRobustChannel, names: Names, queue: str, events: Iterable[str]
) -> AbstractRobustQueue:
    """Declare a queue and the one of its dead letters; bind it to events and to what waited."""
    await channel.declare_queue(
        names.of(dead_queue(queue)), durable=True, arguments=names.dead_arguments()
    )
    declared = await channel.declare_queue(
        names.of(queue), durable=True, arguments=names.work_arguments(queue)
    )
    await declared.bind(names.arrivals, arrival_pattern(queue))
    for key in events:
        await declared.bind(names.events, key)
    return declared
