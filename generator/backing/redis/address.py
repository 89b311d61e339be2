"""Where a Redis server is and who asks, read from a URL and written as one."""

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

_PLAIN, _SECURE = "redis", "rediss"


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """One database of one server, as one user.

    Attributes:
        host: a name or an IP address.
        port: the port.
        user: the user; empty for the default one.
        password: its password, empty for none; never shown by `repr`.
        database: the database's number.
        secure: whether TLS is spoken.
        parameters: the rest of the URL, e.g. `ssl_ca_certs`.
    """

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    database: int = 0
    secure: bool = False
    parameters: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read `redis://user:password@host:port/0`, or `rediss://` for TLS.

        Raises:
            ValueError: it is not such a URL; the message never holds the URL.
        """
        try:
            parts = urlsplit(url)
            parameters = dict(parse_qsl(parts.query))
            port = parts.port or 6379
        except ValueError:
            # The reason given may hold the whole URL, and with it the password.
            raise ValueError("its host or port cannot be read") from None
        if parts.scheme not in {_PLAIN, _SECURE}:
            raise ValueError("it does not begin with redis:// or rediss://")
        database = parts.path.strip("/") or parameters.pop("db", "0")
        if not database.isdecimal():
            raise ValueError("its path is not the number of a database")
        return cls(
            host=parts.hostname or "127.0.0.1",
            port=port,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            database=int(database),
            secure=parts.scheme == _SECURE,
            parameters=tuple(parameters.items()),
        )

    @property
    def place(self) -> str:
        """Host and port for people."""
        return f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The address as a URL, password included."""
        scheme = _SECURE if self.secure else _PLAIN
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@"
        host = f"[{self.host}]" if ":" in self.host else self.host
        query = f"?{urlencode(self.parameters)}" if self.parameters else ""
        authority = f"{login if self.password else ''}{host}:{self.port}"
        return f"{scheme}://{authority}/{self.database}{query}"
