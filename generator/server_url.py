"""The address of a server and who asks there, read from a URL once and written as one."""

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit


@dataclass(frozen=True, kw_only=True, slots=True)
class _Scheme:
    """What a URL of a scheme means where it says nothing."""

    port: int
    login: tuple[str, str] = ("", "")
    path: str = ""
    secure: bool = False


_SCHEMES = {
    "postgresql": _Scheme(port=5432, login=("postgres", ""), path="postgres"),
    "redis": _Scheme(port=6379, path="0"),
    "rediss": _Scheme(port=6379, path="0", secure=True),
    "amqp": _Scheme(port=5672, login=("guest", "guest"), path="/"),
    "amqps": _Scheme(port=5671, login=("guest", "guest"), path="/", secure=True),
    "http": _Scheme(port=80),
    "https": _Scheme(port=443, secure=True),
}
_ALIASES = {"postgres": "postgresql"}


def default_port(scheme: str) -> int | None:
    """The port of a scheme, with or without a driver behind a plus; None for an unknown one."""
    known = _SCHEMES.get(_known(scheme))
    return known.port if known else None


def is_secure(scheme: str) -> bool:
    """Whether a URL of that scheme asks for TLS."""
    known = _SCHEMES.get(_known(scheme))
    return known is not None and known.secure


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerUrl:
    """One part of one server, as one user.

    Attributes:
        scheme: `postgresql`, `redis`, `amqp` and the like.
        host: a name, an IP address, or the folder of a unix socket.
        port: the port, also part of a unix socket's name.
        user: the user; empty for the default one.
        password: its password, empty for none; never shown by `repr`.
        path: the database, the database's number, or the virtual host.
        parameters: the rest of the URL, e.g. `sslmode`.
    """

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    path: str = ""
    parameters: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, url: str, *schemes: str) -> Self:
        """Read a URL such as `postgresql://user:password@host:port/database?sslmode=require`.

        A driver in the scheme, as in `postgresql+asyncpg`, is accepted.

        Args:
            url: what a person gave.
            schemes: those that will do; the first is the one that is asked for.

        Raises:
            ValueError: it is no such URL; the message never holds the URL.
        """
        try:
            parts = urlsplit(url)
            parameters = dict(parse_qsl(parts.query))
            scheme = _known(parts.scheme)
            known = _SCHEMES.get(scheme) if scheme in schemes else None
            named = parameters.pop("port", "") if scheme == "postgresql" else ""
            port = parts.port or int(named or (known.port if known else 0))
        except ValueError:
            # The reason given may hold the whole URL, and with it the password.
            raise ValueError("its host or port cannot be read") from None
        if known is None:
            wanted = " or ".join(f"{one}://" for one in schemes)
            raise ValueError(f"it does not begin with {wanted}")
        folder = parameters.pop("host", "") if scheme == "postgresql" else ""
        number = parameters.pop("db", "") if known.path == "0" else ""
        user, password = known.login
        path = unquote(parts.path.strip("/")) or number or known.path
        if known.path == "0" and not path.isdecimal():
            raise ValueError("its path is not the number of a database")
        return cls(
            scheme=scheme,
            host=folder or parts.hostname or "127.0.0.1",
            port=port,
            user=unquote(parts.username or "") or user,
            password=password if parts.password is None else unquote(parts.password),
            path=path,
            parameters=tuple(parameters.items()),
        )

    @property
    def is_socket(self) -> bool:
        """Whether the host is the folder of a unix socket."""
        return self.host.startswith("/")

    @property
    def secure(self) -> bool:
        """Whether TLS is asked for by the scheme."""
        return _SCHEMES[self.scheme].secure

    @property
    def place(self) -> str:
        """Host and port for people."""
        return f"{self.host}:{self.port}"

    @property
    def authority(self) -> str:
        """Host and port as a URL has them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else self.place

    def parameter(self, name: str, default: str = "") -> str:
        """The value of a parameter."""
        return dict(self.parameters).get(name, default)

    @property
    def url(self) -> str:
        """The address as a URL, password included."""
        parameters = dict(self.parameters)
        authority = self.authority
        if self.is_socket:
            parameters |= {"host": self.host, "port": str(self.port)}
            authority = ""
        # Clients do not agree on how an escaped slash is read; without a name all take `/`.
        path = "" if self.path == "/" else quote(self.path, safe="")
        query = f"?{urlencode(parameters)}" if parameters else ""
        return f"{self.scheme}://{self._login()}{authority}/{path}{query}"

    def _login(self) -> str:
        # To Redis a user without a password means a login that fails.
        if not self.password and (not self.user or _SCHEMES[self.scheme].path == "0"):
            return ""
        return f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@"


def _known(scheme: str) -> str:
    name = scheme.partition("+")[0]
    return _ALIASES.get(name, name)
