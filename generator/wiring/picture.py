"""Says what a drawing of the graph consists of: servers, services and queues, and their arrows."""

from collections.abc import Iterator

from generator.wiring.graph import Graph, one_line
from generator.wiring.layout import Box, Edge, Picture, arrange
from generator.wiring.messages import Message, Queue
from generator.wiring.model import OPERATOR

_NO_QUEUE = "taken by nobody"


def picture_of(graph: Graph) -> Picture:
    """Where everything is drawn; the same graph always gives the same picture."""
    columns = {
        "Servers": _servers(graph),
        "Services": _services(graph),
        "Messages": _queues(graph),
    }
    return arrange({title: boxes for title, boxes in columns.items() if boxes}, list(_edges(graph)))


def _servers(graph: Graph) -> tuple[Box, ...]:
    databases = tuple((f"database {one.name}", one.name) for one in graph.databases)
    return tuple(
        Box(
            key=f"server {server.name}",
            kind="server",
            title=server.name,
            tip=f"{server.name}: a {server.server} server",
            lines=databases if server.name == "postgres" else (),
        )
        for server in graph.servers
    )


def _services(graph: Graph) -> tuple[Box, ...]:
    known = {service.name: service for service in graph.services}
    boxes = []
    for name in _by_depth(graph):
        lines: tuple[str, ...] = ()
        tip = name
        if service := known.get(name):
            lines = (f"{service.template} · port {service.port}", service.owner)
            tip = f"{name}: {service.description}" if service.description else name
        boxes.append(
            Box(
                key=name,
                kind="operator" if name == OPERATOR else "service",
                title=one_line(name),
                tip=one_line(tip),
                lines=tuple(("", one_line(line)) for line in lines if line),
            )
        )
    return tuple(boxes)


def _by_depth(graph: Graph) -> list[str]:
    """Everybody who calls or is called, callers above whom they call."""
    names = [service.name for service in graph.services] + list(graph.others)
    if any(link.consumer == OPERATOR for link in graph.links):
        names.append(OPERATOR)
    depth = dict.fromkeys(names, 0)
    # So many rounds are enough where nobody calls in a circle, and the last where somebody does.
    for _ in names:
        for link in graph.links:
            depth[link.provider] = max(depth[link.provider], depth[link.consumer] + 1)
    return sorted(names, key=lambda name: (depth[name], name != OPERATOR, name))


def _queues(graph: Graph) -> tuple[Box, ...]:
    found = graph.messages
    places = {name: number for number, name in enumerate(_by_depth(graph))}

    def place(queue: Queue) -> tuple[int, str]:
        return min((places[name] for name in queue.consumers), default=len(places)), queue.name

    boxes = [
        Box(
            key=f"queue {queue.kind} {queue.name}",
            kind="queue",
            title=queue.name,
            tip=one_line(
                f"{queue.name}: {queue.kind}s for {', '.join(queue.consumers) or 'nobody here'}"
            ),
            lines=tuple((f"{queue.kind} {name} {queue.name}", name) for name in queue.messages),
        )
        for queue in sorted(found.queues, key=place)
    ]
    untaken = [message for message in found.messages if not message.queues]
    if untaken:
        lines = tuple((f"{one.kind} {one.name} ", one.name) for one in untaken)
        boxes.append(Box(key="no queue", kind="queue", title=_NO_QUEUE, tip=_NO_QUEUE, lines=lines))
    return tuple(boxes)


def _edges(graph: Graph) -> Iterator[Edge]:
    for link in graph.links:
        yield Edge(kind="call", source=link.consumer, target=link.provider, sides=("left", "left"))
    for database in graph.databases:
        yield _use(database.service, f"database {database.name}")
    for service in graph.services:
        for server in service.backing:
            if server != "postgres" or not service.database:
                yield _use(service.name, f"server {server}")
    for message in graph.messages.messages:
        yield from _sent(message)
    for queue in graph.messages.queues:
        source = f"queue {queue.kind} {queue.name}"
        for consumer in queue.consumers:
            yield Edge(kind="take", source=source, target=consumer, sides=("left", "right"))


def _sent(message: Message) -> Iterator[Edge]:
    for publisher in message.publishers:
        for queue in message.queues or ("",):
            target = f"{message.kind} {message.name} {queue}"
            yield Edge(kind="send", source=publisher, target=target, sides=("right", "left"))


def _use(service: str, target: str) -> Edge:
    return Edge(kind="use", source=service, target=target, sides=("left", "right"))
