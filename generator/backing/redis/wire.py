"""A client of Redis' protocol, just enough to ask commands without a driver."""

import socket
from typing import TypeAlias

from generator.backing.conversation import Conversation, encrypted, lost
from generator.backing.model import RefusedError
from generator.backing.redis.address import Address

Reply: TypeAlias = "bytes | int | list[Reply] | None"

_LONGEST_LINE = 65536


class Connection(Conversation):
    """One session; one thread at a time.

    Args:
        address: where to, and as whom.
        seconds: the time limit for each answer.

    Attributes:
        greeting: what the server said of itself, such as `version`, `mode` and `role`.

    Raises:
        OSError: nothing answers, or the connection is lost.
        RefusedError: the server refuses the login, or is no Redis.
    """

    def __init__(self, address: Address, *, seconds: float = 10.0) -> None:
        super().__init__(_connect(address, seconds))
        try:
            self.greeting = self._log_in(address)
        except BaseException:
            self._end()
            raise

    def ask(self, *words: str | bytes) -> Reply:
        """Send one command and return the reply.

        Raises:
            OSError: the connection is lost, or the time is up.
            RefusedError: the server refuses the command.
        """
        encoded = [word if isinstance(word, bytes) else word.encode() for word in words]
        parts = [b"$%d\r\n%b\r\n" % (len(word), word) for word in encoded]
        self._socket.sendall(b"*%d\r\n" % len(parts) + b"".join(parts))
        return self._read()

    def _log_in(self, address: Address) -> dict[str, str]:
        login = ("AUTH", address.user or "default", address.password) if address.password else ()
        told = self.ask("HELLO", "2", *login)
        words = [_text(word) for word in told] if isinstance(told, list) else []
        if address.database:
            self.ask("SELECT", str(address.database))
        return dict(zip(words[::2], words[1::2], strict=False))

    def _read(self) -> Reply:
        kind, rest = self._line()
        match kind:
            case b"+":
                return rest
            case b"-":
                raise _refusal(rest.decode(errors="replace"))
            case b":":
                return _number(rest)
            case b"$":
                return self._bulk(_number(rest))
            case b"*":
                return [self._read() for _ in range(_number(rest))]
        raise RefusedError("it does not speak Redis' protocol")

    def _line(self) -> tuple[bytes, bytes]:
        line = self._stream.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise lost()
        return line[:1], line[1:].rstrip(b"\r\n")

    def _bulk(self, length: int) -> bytes | None:
        if length < 0:
            return None
        return self._exactly(length + 2)[:-2]


def _connect(address: Address, seconds: float) -> socket.socket:
    stream = socket.create_connection((address.host, address.port), seconds)
    if not address.secure:
        return stream
    parameters = dict(address.parameters)
    return encrypted(
        stream,
        host=address.host,
        trusted=parameters.get("ssl_ca_certs"),
        verified=parameters.get("ssl_cert_reqs", "required") != "none",
    )


def _refusal(said: str) -> RefusedError:
    code, _, reason = said.partition(" ")
    # Its own words for this one are three lines of advice.
    return RefusedError("a password is needed" if code == "NOAUTH" else reason or code, code=code)


def _number(text: bytes) -> int:
    try:
        return int(text)
    except ValueError:
        raise RefusedError("it does not speak Redis' protocol") from None


def _text(word: Reply) -> str:
    return word.decode(errors="replace") if isinstance(word, bytes) else str(word)
