"""Where a PostgreSQL server is and who asks, read from a URL and written as one."""

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

SCHEMES = ("postgresql", "postgres")


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """One database of one server, as one role.

    Attributes:
        host: a name, an IP address, or the folder of a unix socket.
        port: the port, also part of a unix socket's name.
        user: the role.
        password: its password; never shown by `repr`.
        database: the database.
        parameters: the rest of the URL, e.g. `sslmode`.
    """

    host: str
    port: int
    user: str
    password: str = field(default="", repr=False)
    database: str = "postgres"
    parameters: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read `postgresql://user:password@host:port/database?sslmode=…`.

        A driver in the scheme, as in `postgresql+asyncpg`, is accepted.

        Raises:
            ValueError: it is not such a URL; the message never holds the URL.
        """
        try:
            parts = urlsplit(url)
            parameters = dict(parse_qsl(parts.query))
            port = parts.port or int(parameters.pop("port", "5432"))
        except ValueError:
            # The reason given may hold the whole URL, and with it the password.
            raise ValueError("its host or port cannot be read") from None
        if parts.scheme.partition("+")[0] not in SCHEMES:
            raise ValueError("it does not begin with postgresql://")
        return cls(
            host=parameters.pop("host", "") or parts.hostname or "127.0.0.1",
            port=port,
            user=unquote(parts.username or "postgres"),
            password=unquote(parts.password or ""),
            database=unquote(parts.path.strip("/")) or "postgres",
            parameters=tuple(parameters.items()),
        )

    @property
    def is_socket(self) -> bool:
        """Whether the host is the folder of a unix socket."""
        return self.host.startswith("/")

    @property
    def place(self) -> str:
        """Host and port for people."""
        return f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The address as a URL, password included."""
        parameters = dict(self.parameters)
        if self.is_socket:
            parameters |= {"host": self.host, "port": str(self.port)}
            authority = ""
        else:
            host = f"[{self.host}]" if ":" in self.host else self.host
            authority = f"{host}:{self.port}"
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        query = f"?{urlencode(parameters)}" if parameters else ""
        return f"postgresql://{login}@{authority}/{quote(self.database, safe='')}{query}"
