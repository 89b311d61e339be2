"""Gives each service a prefix for its names, where a virtual host cannot be made."""

import socket
from dataclasses import replace

from generator.backing.ladder import UnsuitableError
from generator.backing.model import RefusedError
from generator.backing.rabbitmq.address import Address
from generator.backing.rabbitmq.listener import Listener
from generator.backing.rabbitmq.naming import RoomNames
from generator.backing.rabbitmq.wire import Connection, connected


class Prefixes:
    """The names of one run in one virtual host that is somebody else's.

    AMQP has no way to ask which queues there are. So the services come by way of this process,
    which listens to what they declare; at the end it deletes what begins with their prefixes.

    Args:
        server: the virtual host, and who the services are there.
        names: names the prefixes.
    """

    def __init__(self, server: Address, names: RoomNames) -> None:
        self._server = server
        self._names = names
        self._prefixes: list[str] = []
        self._listener = Listener(self._connected)

    def isolate(self, service_name: str) -> dict[str, str]:
        """Return `AMQP_URL` and a `MESSAGING_PREFIX` that nobody else has.

        Raises:
            UnsuitableError: the server does not answer, or no queue may be declared there.
        """
        prefix = f"{self._names.next(service_name)}."
        self._prefixes.append(prefix)
        try:
            with Connection(self._server) as connection:
                connection.try_queue(f"{prefix}probe")
        except (OSError, RefusedError) as error:
            reason = f"no queue could be declared at {self._server.place}: {error}"
            raise UnsuitableError(reason) from error
        door = replace(
            self._server, host="127.0.0.1", port=self._listener.port, secure=False, parameters=()
        )
        return {"AMQP_URL": door.url, "MESSAGING_PREFIX": prefix}

    def remove_all(self) -> list[str]:
        """Delete what was declared with a prefix of this run; returns lines for what is left."""
        self._listener.close()
        prefixes = tuple(self._prefixes)
        found = {(what, name) for what, name in self._listener.names if name.startswith(prefixes)}
        left: list[str] = []
        # Queues before exchanges: deleting an exchange takes its bindings along.
        for what, name in sorted(found, reverse=True):
            try:
                with Connection(self._server) as connection:
                    connection.delete(what, name)
            except (OSError, RefusedError) as error:
                left.append(f"{self._server.place}: {what} {name} ({error})")
        return left

    def _connected(self) -> socket.socket:
        far = connected(self._server, 10.0)
        far.settimeout(None)
        return far
