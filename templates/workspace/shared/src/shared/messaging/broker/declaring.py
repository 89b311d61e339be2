"""Declares what the topology names; after a lost connection the same is declared again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from aio_pika import ExchangeType
from aio_pika.exceptions import ChannelPreconditionFailed

from shared.messaging.topology import (
    LEVELS,
    UNROUTED,
    Names,
    arrival_pattern,
    dead_queue,
    level_patterns,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aio_pika.abc import AbstractRobustChannel, AbstractRobustQueue


async def declare_events(channel: AbstractRobustChannel, names: Names) -> None:
    """Declare the exchange of events: publishing to one that is not there fails."""
    await channel.declare_exchange(names.events, ExchangeType.TOPIC, durable=True)


async def declare_delay_queues(channel: AbstractRobustChannel, names: Names) -> None:
    """Declare the waiting queues, the lowest first, each bound to hand on to the one below."""
    # What waited for a queue that is gone by then would be held back by the lowest level, and after
    # some of these all other messages with them; here they are dead letters without a queue.
    unrouted = await channel.declare_exchange(names.unrouted, ExchangeType.FANOUT, durable=True)
    lost = await channel.declare_queue(
        names.of(dead_queue(UNROUTED)), durable=True, arguments=Names().dead_arguments()
    )
    await lost.bind(unrouted)
    below = await channel.declare_exchange(
        names.arrivals,
        ExchangeType.TOPIC,
        durable=True,
        arguments={"alternate-exchange": names.unrouted},
    )
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
    await _declare_dead_queue(channel, names, dead_queue(queue))
    declared = await channel.declare_queue(
        names.of(queue), durable=True, arguments=names.work_arguments(queue)
    )
    await declared.bind(names.arrivals, arrival_pattern(queue))
    for key in events:
        await declared.bind(names.events, key)
    return declared


async def _declare_dead_queue(channel: AbstractRobustChannel, names: Names, queue: str) -> None:
    name, arguments = names.of(queue), names.dead_arguments()
    underlay = await channel.get_underlay_channel()
    # The broker closes a channel that asks for another limit than a queue has.
    probe = await underlay.connection.channel(publisher_confirms=False)
    try:
        await probe.queue_declare(name, durable=True, arguments=arguments)
    except ChannelPreconditionFailed:
        log = structlog.stdlib.get_logger(__name__)
        log.warning("dead letters keep the limits their queue was declared with", queue=queue)
        return
    finally:
        if not probe.is_closed:
            await probe.close()
    # Once more, so that it is there again after a broker has lost it.
    await channel.declare_queue(name, durable=True, arguments=arguments)
