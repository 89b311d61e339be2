"""A door to a server that lets everything through and remembers what clients declare."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from generator.backing.rabbitmq.frames import Declared

_BLOCK = 65536


class Listener:
    """Forwards a port of 127.0.0.1 until it is closed.

    Args:
        connect: opens a connection to the server; raises `OSError`.

    Attributes:
        port: the port.
    """

    def __init__(self, connect: Callable[[], socket.socket]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._heard: list[Declared] = []
        self._sockets: set[socket.socket] = set()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def names(self) -> set[tuple[str, str]]:
        """What was declared so far: pairs of `queue` or `exchange` and a name."""
        with self._lock:
            return {name for declared in self._heard for name in set(declared.names)}

    def close(self) -> None:
        """Let nobody in any more and end every connection."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        with self._lock:
            for one in self._sockets:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        # Closing the door ends the wait with an error.
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        declared = Declared()
        with suppress(OSError), near, self._connect() as far:
            with self._lock:
                self._heard.append(declared)
                self._sockets |= {near, far}
            back = threading.Thread(target=_pump, args=(far, near, None), daemon=True)
            back.start()
            _pump(near, far, declared)
            back.join()
            with self._lock:
                self._sockets -= {near, far}


def _pump(source: socket.socket, sink: socket.socket, declared: Declared | None) -> None:
    with suppress(OSError):
        while block := source.recv(_BLOCK):
            if declared:
                # Before it is sent: what the server has made must be known.
                declared.hear(block)
            sink.sendall(block)
    for one in (source, sink):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
