"""Gives out host ports and reads those that people set by hand in compose files."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import yaml

from generator.answers import Answers
from generator.catalog import TemplateSpec
from generator.errors import WiringError
from generator.wiring.compose_text import compose_document, entries, with_defaults

LAST_PORT = 65535


def allocate_port(
    template: TemplateSpec, services: Sequence[Answers], *, taken: Collection[int] = ()
) -> int:
    """The lowest host port, from the template's first one on, that nobody has.

    Args:
        template: the new service's.
        services: those that have their ports already.
        taken: ports that other things have, such as those of `hand_set_ports`.

    Raises:
        WiringError: when no port is left.
    """
    used = {answers.port for answers in services} | set(taken)
    for port in range(template.first_port, LAST_PORT + 1):
        if port not in used:
            return port
    raise WiringError(
        f"No host port is left for another {template.name} service.",
        hint="Free a port below 65536 in the root compose.yaml or in a service's answers.",
    )


def hand_set_ports(compose_text: str) -> Mapping[int, str]:
    """The host ports that a compose file publishes, each with the compose service's name.

    `${NAME:-5432}` counts as its default. What is not understood is passed over: Compose itself
    reports a malformed file far better.
    """
    document = compose_document(compose_text)
    found: dict[int, str] = {}
    for name, service in entries(entries(document).get("services")).items():
        ports = entries(service).get("ports")
        for entry in ports.value if isinstance(ports, yaml.SequenceNode) else []:
            for port in _numbers(_published(entry)):
                found.setdefault(port, name)
    return found


def _published(entry: yaml.Node) -> str:
    """The host's side of one entry of `ports`; empty when Docker chooses it."""
    if isinstance(entry, yaml.MappingNode):
        return with_defaults(str(getattr(entries(entry).get("published"), "value", "")))
    host, separator, _ = with_defaults(str(entry.value)).rpartition(":")
    return host.rpartition(":")[2] if separator else ""


def _numbers(published: str) -> Iterator[int]:
    first, _, last = published.partition("-")
    if first.isdecimal() and (last or first).isdecimal():
        yield from range(int(first), min(int(last or first), LAST_PORT) + 1)
