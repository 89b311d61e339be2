"""What a service has declared on the broker, and removes what of it nobody declares any more.

AMQP can neither list queues nor bindings, and a consumer that starts only ever adds some. So each
service remembers in the broker itself what it has declared: the queue `topology.<service>` has one
message with all of it. Whoever wants to change it takes it, and puts a new one behind it before
the old one is acked; what was added by two at once is two messages, and the next one joins them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from aio_pika import DeliveryMode, Message
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from shared.messaging.consuming.routes import build_routes
from shared.messaging.topology import LOOKS_LIMIT, UNROUTED, Names, dead_queue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from aiormq.abc import AbstractChannel

    from shared.messaging.broker import Broker
    from shared.messaging.consuming import MessageConsumer

# Queues by their name without the prefix, each with the events that it is bound to.
Declared = Mapping[str, frozenset[str]]

_DECLARED: TypeAdapter[dict[str, frozenset[str]]] = TypeAdapter(dict[str, frozenset[str]])
_ARGUMENTS: dict[str, Any] = {"x-queue-type": "quorum", "x-delivery-limit": LOOKS_LIMIT}


@dataclass(frozen=True, kw_only=True)
class QueueState:
    """A queue of the service: declared by its code or left over, as the broker has it now.

    `ready`, `consumers` and `dead` are None when there is no such queue.
    """

    queue: str
    declared: bool
    ready: int | None = None
    consumers: int | None = None
    dead: int | None = None
    events: tuple[str, ...] = ()
    leftover_events: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Removal:
    """A queue, or its binding to an event, that is removed; `kept` says why it is not."""

    queue: str
    event: str = ""
    kept: str = ""


@dataclass(frozen=True, kw_only=True)
class Topology:
    """Compares what the code of a service declares with what was declared before.

    All methods raise UnavailableError.
    """

    broker: Broker
    names: Names
    service: str
    declared: Declared

    async def remember(self) -> None:
        """Write down what is about to be declared, together with all that was before."""
        await self._change(lambda known: join(known, self.declared))

    async def read(self) -> list[QueueState]:
        """Return every queue that is declared or was, by name."""
        known = await self._change(lambda known: known)
        return [
            await self._state(queue, known.get(queue, frozenset()))
            for queue in sorted({*known, *self.declared})
        ]

    async def unrouted(self) -> int:
        """Return how many messages have waited, from anybody, for queues that are gone."""
        depth = await self.broker.depth(dead_queue(UNROUTED))
        return depth.ready if depth else 0

    async def prune(self, *, force: bool = False, dry_run: bool = False) -> list[Removal]:
        """Remove what is left over: bindings, and queues that nobody reads and that are empty.

        With `force`, also those that have messages, which are lost.
        """
        removals = [each for state in await self.read() for each in _removals(state, force=force)]
        if dry_run:
            return removals
        for each in removals:
            if not each.kept:
                await self._remove(each)
        await self._change(lambda known: self._remaining(known, removals))
        return removals

    async def _state(self, queue: str, known: frozenset[str]) -> QueueState:
        depth = await self.broker.depth(queue)
        dead = await self.broker.depth(dead_queue(queue))
        wanted = self.declared.get(queue, frozenset())
        return QueueState(
            queue=queue,
            declared=queue in self.declared,
            ready=None if depth is None else depth.ready,
            consumers=None if depth is None else depth.consumers,
            dead=None if dead is None else dead.ready,
            events=tuple(sorted(wanted)),
            leftover_events=tuple(sorted(known - wanted)),
        )

    async def _remove(self, removal: Removal) -> None:
        name = self.names.of(removal.queue)

        async def remove(channel: AbstractChannel) -> None:
            if removal.event:
                await channel.queue_unbind(name, self.names.events, removal.event)
            else:
                await channel.queue_delete(name)

        await self.broker.on_channel(remove)

    def _remaining(self, known: Declared, removals: list[Removal]) -> Declared:
        kept = {each.queue for each in removals if each.kept}
        gone = {(each.queue, each.event) for each in removals if not each.kept}
        return {
            queue: frozenset(event for event in events if (queue, event) not in gone)
            for queue, events in known.items()
            if queue in self.declared or kept & {queue, dead_queue(queue)}
        }

    async def _change(self, change: Callable[[Declared], Declared]) -> Declared:
        """Replace what is remembered, and return what it was before."""
        name = self.names.of(f"topology.{self.service}")

        async def replace(channel: AbstractChannel) -> Declared:
            await channel.queue_declare(name, durable=True, arguments=_ARGUMENTS)
            tags, known = await _take_all(channel, name)
            changed = change(known)
            if changed == known and len(tags) <= 1:
                for tag in tags:
                    await channel.basic_nack(tag, requeue=True)
                return known
            await _put(channel, name, changed)
            for tag in tags:
                await channel.basic_ack(tag)
            return known

        return await self.broker.on_channel(replace)


def declared_by(consumers: Iterable[MessageConsumer], service: str) -> Declared:
    """Return what a service with these consumers declares."""
    routes = [build_routes(each, service) for each in consumers]
    none: frozenset[str] = frozenset()
    return {each.queue: frozenset(each.by_name) if each.is_events else none for each in routes}


def join(one: Declared, other: Declared) -> Declared:
    """Return the queues of both, each with all of its events."""
    none: frozenset[str] = frozenset()
    return {queue: one.get(queue, none) | other.get(queue, none) for queue in {*one, *other}}


async def _take_all(channel: AbstractChannel, name: str) -> tuple[list[int], Declared]:
    tags: list[int] = []
    known: Declared = {}
    while (message := await channel.basic_get(name)).delivery_tag is not None:
        tags.append(message.delivery_tag)
        try:
            known = join(known, _DECLARED.validate_json(message.body))
        except ValidationError:
            log = structlog.stdlib.get_logger(__name__)
            log.warning("a message about the topology cannot be read", queue=name)
    return tags, known


async def _put(channel: AbstractChannel, name: str, declared: Declared) -> None:
    message = Message(
        to_json({queue: sorted(events) for queue, events in declared.items()}),
        content_type="application/json",
        delivery_mode=DeliveryMode.PERSISTENT,
    )
    await channel.basic_publish(
        message.body, routing_key=name, properties=message.properties, mandatory=True
    )


def _removals(state: QueueState, *, force: bool) -> Iterator[Removal]:
    if state.declared:
        for event in state.leftover_events:
            yield Removal(queue=state.queue, event=event)
        return
    consumed = f"is read by {state.consumers} consumers" if state.consumers else ""
    if state.ready is not None:
        for event in state.leftover_events:
            yield Removal(queue=state.queue, event=event, kept=consumed)
    for queue, count in ((state.queue, state.ready), (dead_queue(state.queue), state.dead)):
        if count is not None:
            messages = "" if force or not count else f"has {count} messages"
            yield Removal(queue=queue, kept=consumed or messages)
