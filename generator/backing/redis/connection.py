"""A client of Redis' protocol, just enough to ask commands without a driver."""

import socket
import ssl
from typing import Self, TypeAlias

from generator.backing.model import RefusedError
from generator.server_url import ServerUrl

Reply: TypeAlias = "bytes | int | list[Reply] | None"

_LONGEST_LINE = 65536
_LOST = "the server closed the connection"


class Connection:
    """One session; one thread at a time.

    Args:
        url: where to, and as whom.
        seconds: the time limit for each answer.

    Attributes:
        greeting: what the server said of itself, such as `version`, `mode` and `role`.

    Raises:
        OSError: nothing answers, or the connection is lost.
        RefusedError: the server refuses the login, or is no Redis.
    """

    def __init__(self, url: ServerUrl, *, seconds: float = 10.0) -> None:
        self._socket = _connect(url, seconds)
        self._stream = self._socket.makefile("rb")
        try:
            self.greeting = self._log_in(url)
        except BaseException:
            self._end()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

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

    def _log_in(self, url: ServerUrl) -> dict[str, str]:
        login = ("AUTH", url.user or "default", url.password) if url.password else ()
        told = self.ask("HELLO", "2", *login)
        words = [_text(word) for word in told] if isinstance(told, list) else []
        if url.path != "0":
            self.ask("SELECT", url.path)
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
            raise ConnectionResetError(_LOST)
        return line[:1], line[1:].rstrip(b"\r\n")

    def _bulk(self, length: int) -> bytes | None:
        if length < 0:
            return None
        data = self._stream.read(length + 2)
        if len(data) < length + 2:
            raise ConnectionResetError(_LOST)
        return data[:-2]

    def _end(self) -> None:
        # Closing is enough: the server ends the session, and nothing is ever left half done.
        self._stream.close()
        self._socket.close()


def _connect(url: ServerUrl, seconds: float) -> socket.socket:
    """A socket to the server, through TLS when its URL says so."""
    stream = socket.create_connection((url.host, url.port), seconds)
    if not url.secure:
        return stream
    try:
        context = ssl.create_default_context(cafile=url.parameter("ssl_ca_certs") or None)
        if url.parameter("ssl_cert_reqs", "required") == "none":
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context.wrap_socket(stream, server_hostname=url.host)
    except BaseException:
        stream.close()
        raise


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
