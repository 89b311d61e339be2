"""A client of AMQP 0-9-1, just enough to log in and to declare and delete without a driver."""

import socket
import struct
from collections.abc import Mapping

from generator.backing.conversation import Conversation, encrypted
from generator.backing.model import RefusedError
from generator.backing.rabbitmq.address import Address
from generator.backing.rabbitmq.frames import (
    PROTOCOL,
    long_text,
    method_frame,
    server_properties,
    short_text,
)

_START, _START_OK, _TUNE, _TUNE_OK = (10, 10), (10, 11), (10, 30), (10, 31)
_OPEN, _OPENED, _CLOSE = (10, 40), (10, 41), (10, 50)
_OPEN_CHANNEL, _CHANNEL_OPENED, _CLOSE_CHANNEL, _CHANNEL_CLOSED = (
    (20, 10), (20, 11), (20, 40), (20, 41),
)  # fmt: skip
_DELETE = {"queue": ((50, 40), (50, 41)), "exchange": ((40, 20), (40, 21))}
_DECLARE_QUEUE, _QUEUE_DECLARED = (50, 10), (50, 11)
_EXCLUSIVE = b"\x04"
_LONGEST_FRAME = 1 << 20
# So a refused login is told with its reason, not by silence.
_CAPABILITIES = short_text("authentication_failure_close") + b"t\x01"
_PROPERTIES = short_text("capabilities") + b"F" + long_text(_CAPABILITIES)
_NOT_AMQP = "it does not speak AMQP 0-9-1"


class Connection(Conversation):
    """One session; one thread at a time.

    Args:
        address: where to, and as whom.
        seconds: the time limit for each answer.

    Attributes:
        greeting: what the server said of itself, such as `product` and `version`.

    Raises:
        OSError: nothing answers, or the connection is lost.
        RefusedError: the server refuses the login or the virtual host, or is no such server.
    """

    def __init__(self, address: Address, *, seconds: float = 10.0) -> None:
        super().__init__(connected(address, seconds))
        try:
            self.greeting = self._greet()
            self._log_in(address)
        except BaseException:
            self._end()
            raise

    def try_queue(self, name: str) -> None:
        """Declare a queue for this session alone, and delete it again.

        Raises:
            OSError: the connection is lost, or the time is up.
            RefusedError: the server does not allow it.
        """
        arguments = b"\0\0" + short_text(name) + _EXCLUSIVE + long_text(b"")
        self._ask_on_channel(_DECLARE_QUEUE, arguments, _QUEUE_DECLARED)
        self.delete("queue", name)

    def delete(self, what: str, name: str) -> None:
        """Delete a `queue` or an `exchange`; one that is not there is fine.

        Raises:
            OSError: the connection is lost, or the time is up.
            RefusedError: the server does not allow it.
        """
        call, answer = _DELETE[what]
        self._ask_on_channel(call, b"\0\0" + short_text(name) + b"\0", answer)

    def _greet(self) -> Mapping[str, str]:
        self._socket.sendall(PROTOCOL)
        try:
            return server_properties(self._answer(0, _START))
        except ValueError as error:
            raise RefusedError(str(error)) from error

    def _log_in(self, address: Address) -> None:
        secret = long_text(f"\0{address.user}\0{address.password}".encode())
        login = long_text(_PROPERTIES) + short_text("PLAIN") + secret + short_text("en_US")
        self._send(0, _START_OK, login)
        # As it proposes, but for the heartbeat: no session lives long.
        self._send(0, _TUNE_OK, self._answer(0, _TUNE)[:6] + b"\0\0")
        self._send(0, _OPEN, short_text(address.vhost) + b"\0\0")
        self._answer(0, _OPENED)

    def _ask_on_channel(
        self, call: tuple[int, int], arguments: bytes, answer: tuple[int, int]
    ) -> None:
        # A channel each: the server closes the one on which it refuses something.
        self._send(1, _OPEN_CHANNEL, b"\0")
        self._answer(1, _CHANNEL_OPENED)
        self._send(1, call, arguments)
        self._answer(1, answer)
        self._send(1, _CLOSE_CHANNEL, struct.pack(">H", 200) + b"\0\0\0\0\0")
        self._answer(1, _CHANNEL_CLOSED)

    def _send(self, channel: int, number: tuple[int, int], arguments: bytes) -> None:
        self._socket.sendall(method_frame(channel, number, arguments))

    def _answer(self, channel: int, wanted: tuple[int, int]) -> bytes:
        header = self._exactly(7)
        if header[:4] == PROTOCOL[:4]:
            raise RefusedError(_NOT_AMQP)
        kind, its_channel, size = struct.unpack(">BHI", header)
        if kind != 1 or its_channel not in {0, channel} or size > _LONGEST_FRAME:
            raise RefusedError(_NOT_AMQP)
        payload = self._exactly(size + 1)
        number = struct.unpack_from(">HH", payload)
        if number == _CLOSE_CHANNEL:
            self._send(channel, _CHANNEL_CLOSED, b"")
        if number in {_CLOSE, _CLOSE_CHANNEL}:
            raise RefusedError(_reason(payload[4:]))
        if number != wanted:
            raise RefusedError(_NOT_AMQP)
        return payload[4:-1]


def connected(address: Address, seconds: float) -> socket.socket:
    """A socket to the server, through TLS when its URL says so; raises `OSError`."""
    stream = socket.create_connection((address.host, address.port), seconds)
    if not address.secure:
        return stream
    parameters = dict(address.parameters)
    return encrypted(
        stream,
        host=address.host,
        trusted=parameters.get("cafile"),
        verified=parameters.get("no_verify_ssl", "0") == "0",
    )


def _reason(arguments: bytes) -> str:
    said = arguments[3 : 3 + arguments[2]].decode(errors="replace")
    # The server begins with its own word for the reason, and for a login ends with advice.
    return said.partition(" - ")[2].partition(". ")[0] or said
