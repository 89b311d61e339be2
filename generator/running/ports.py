"""Gives each service a port of its own: the one that compose publishes, else the next free one."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass

from generator.processes import free_port

_LAST = 65535


@dataclass(frozen=True, kw_only=True, slots=True)
class Port:
    """A port, and the one that was asked for."""

    number: int
    wanted: int

    @property
    def moved(self) -> bool:
        """Whether it is another one."""
        return self.number != self.wanted


def choose_ports(wanted: Mapping[str, int]) -> dict[str, Port]:
    """A free port for each name, no two the same; the wanted one where that is free."""
    taken = set(wanted.values())
    chosen: dict[str, Port] = {}
    for name, port in wanted.items():
        number = port if is_free(port) else _next_free(port, taken)
        taken.add(number)
        chosen[name] = Port(number=number, wanted=port)
    return chosen


def is_free(port: int) -> bool:
    """Whether a service could listen there, on 127.0.0.1."""
    with socket.socket() as probe:
        # As servers do: what is left of the connections of a former one does not matter.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _next_free(port: int, taken: set[int]) -> int:
    for number in range(port + 1, min(port + 100, _LAST + 1)):
        if number not in taken and is_free(number):
            return number
    return free_port()
