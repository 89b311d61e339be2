"""The system as one picture shows it: who runs, who calls whom, and where messages go."""

import re
from dataclasses import dataclass, replace

from generator.catalog import BackingSpec, backing_specs
from generator.wiring.messages import Messages
from generator.wiring.model import OPERATOR, Database, Link, System, WiredService, Wiring

# What breaks a line, cannot be written down, or turns the text around it.
_UNPRINTABLE = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Graph:
    """The facts of a picture; every text in it is one printable line, and nothing is escaped.

    Attributes:
        system: the workspace.
        services: by name; `owner` is the workspace's where a service has none.
        others: services of which no more is known than that they are linked or own a database.
        links: by provider, then consumer.
        servers: the backing services that someone needs.
        databases: by name.
        messages: events, tasks and queues.
    """

    system: System
    services: tuple[WiredService, ...]
    others: tuple[str, ...]
    links: tuple[Link, ...]
    servers: tuple[BackingSpec, ...]
    databases: tuple[Database, ...]
    messages: Messages


def graph_of(system: System, wiring: Wiring) -> Graph:
    """The picture's facts, from the wiring's."""
    owner = one_line(system.owner)
    named = {name for link in wiring.links for name in (link.consumer, link.provider)}
    named |= {database.service for database in wiring.databases}
    return Graph(
        system=System(
            name=one_line(system.name), owner=owner, description=one_line(system.description)
        ),
        services=tuple(
            replace(
                service,
                description=one_line(service.description),
                owner=one_line(service.owner) or owner,
            )
            for service in wiring.services
        ),
        others=tuple(sorted(named - {service.name for service in wiring.services} - {OPERATOR})),
        links=wiring.links,
        # Whose database it is may be unknown here, but not what has it.
        servers=backing_specs({*wiring.backing, *(["postgres"] if wiring.databases else [])}),
        databases=wiring.databases,
        messages=wiring.messages,
    )


def one_line(text: str) -> str:
    """A text as one line that can be printed."""
    return _UNPRINTABLE.sub(" ", text).strip()
