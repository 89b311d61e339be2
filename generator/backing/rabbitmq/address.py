"""Where a RabbitMQ server is and who asks, read from a URL and written as one."""

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

_PLAIN, _SECURE = "amqp", "amqps"
_PORTS = {_PLAIN: 5672, _SECURE: 5671}


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """One virtual host of one server, as one user.

    Attributes:
        host: a name or an IP address.
        port: the port.
        user: the user.
        password: its password; never shown by `repr`.
        vhost: the virtual host.
        secure: whether TLS is spoken.
        parameters: the rest of the URL, e.g. `cafile`.
    """

    host: str
    port: int
    user: str = "guest"
    password: str = field(default="guest", repr=False)
    vhost: str = "/"
    secure: bool = False
    parameters: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read `amqp://user:password@host:port/vhost`, or `amqps://` for TLS.

        Raises:
            ValueError: it is not such a URL; the message never holds the URL.
        """
        try:
            parts = urlsplit(url)
            parameters = tuple(parse_qsl(parts.query))
            port = parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:
            # The reason given may hold the whole URL, and with it the password.
            raise ValueError("its host or port cannot be read") from None
        if parts.scheme not in _PORTS:
            raise ValueError("it does not begin with amqp:// or amqps://")
        return cls(
            host=parts.hostname or "127.0.0.1",
            port=port,
            user="guest" if parts.username is None else unquote(parts.username),
            password="guest" if parts.password is None else unquote(parts.password),
            vhost=unquote(parts.path[1:]) or "/",
            secure=parts.scheme == _SECURE,
            parameters=parameters,
        )

    @property
    def place(self) -> str:
        """Host and port for people."""
        return f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The address as a URL, password included."""
        scheme = _SECURE if self.secure else _PLAIN
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        # Clients do not agree on how an escaped slash is read; without a name all take `/`.
        vhost = "" if self.vhost == "/" else quote(self.vhost, safe="")
        query = f"?{urlencode(self.parameters)}" if self.parameters else ""
        return f"{scheme}://{login}@{host}:{self.port}/{vhost}{query}"
