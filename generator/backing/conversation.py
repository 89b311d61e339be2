"""One session with a server: a socket, what is read from it, and its end."""

import socket
import ssl
from typing import Self


class Conversation:
    """What every client here has in common; one thread at a time.

    Args:
        connected: the socket to the server; closed with the session.
    """

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._stream = connected.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _exactly(self, count: int) -> bytes:
        data = self._stream.read(count)
        if len(data) < count:
            raise lost()
        return data

    def _end(self) -> None:
        # Closing is enough: the server ends the session, and nothing is ever left half done.
        self._stream.close()
        self._socket.close()


def lost() -> ConnectionResetError:
    """What is raised when the server has closed the connection."""
    return ConnectionResetError("the server closed the connection")


def encrypted(
    connected: socket.socket, *, host: str, trusted: str | None, verified: bool
) -> socket.socket:
    """The socket with TLS around it; closes it when that fails.

    Args:
        connected: the socket, not yet read from.
        host: the name that the server's certificate must be for.
        trusted: the file of the authorities to trust; without one, the machine's.
        verified: whether the certificate is looked at.

    Raises:
        OSError: the file cannot be read, or the certificate is not to be trusted.
    """
    try:
        context = ssl.create_default_context(cafile=trusted)
        if not verified:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context.wrap_socket(connected, server_hostname=host)
    except BaseException:
        connected.close()
        raise
