"""One session with a PostgreSQL server, by pg8000."""

import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self, TypeAlias

import scramp
from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection as Pg8000

from generator.backing.model import RefusedError
from generator.server_url import ServerUrl

Row: TypeAlias = list[Any]

_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_WRONG_PASSWORD = "28P01"  # noqa: S105 - the code of a refusal
# What pg8000 stumbles over when whoever answers is no PostgreSQL.
_NOT_THE_PROTOCOL = (KeyError, IndexError, ValueError, struct.error, MemoryError)


class Connection:
    """One session; one thread at a time.

    Args:
        url: where to, and as whom.
        seconds: the time limit for each answer.

    Raises:
        OSError: nothing answers, or the connection is lost.
        RefusedError: the server refuses the login.
    """

    def __init__(self, url: ServerUrl, *, seconds: float = 10.0) -> None:
        tls = _tls(url)
        stream = _connected(url, seconds)
        try:
            with _translated(url):
                self._session = Pg8000(
                    url.user,
                    host=url.host,
                    database=url.path,
                    password=url.password,
                    sock=stream,
                    ssl_context=tls,
                )
        except BaseException:
            stream.close()
            raise
        self._url = url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # The server may be gone, which is no matter for whoever is done with it.
        with suppress(OSError, InterfaceError):
            self._session.close()

    def query(self, sql: str) -> list[Row]:
        """Run one statement and return its rows.

        Raises:
            OSError: the connection is lost, or the time is up.
            RefusedError: the server refuses the statement.
        """
        with _translated(self._url):
            rows: list[Row] | None = self._session.run(sql)
            return rows or []


def _connected(url: ServerUrl, seconds: float) -> socket.socket:
    if not url.is_socket:
        return socket.create_connection((url.host, url.port), seconds)
    stream = socket.socket(socket.AF_UNIX)
    stream.settimeout(seconds)
    try:
        stream.connect(f"{url.host}/.s.PGSQL.{url.port}")
    except OSError:
        stream.close()
        raise
    return stream


def _tls(url: ServerUrl) -> ssl.SSLContext | bool | None:
    """What libpq does for each `sslmode`, as pg8000 takes it: True means to trust whoever answers.

    Raises:
        RefusedError: there is no such `sslmode`.
        OSError: the file of authorities cannot be read.
    """
    mode = url.parameter("sslmode") or url.parameter("ssl") or "prefer"
    if mode not in _MODES:
        raise RefusedError(f"sslmode is none of {', '.join(_MODES)}")
    if url.is_socket or mode == "disable":
        return False
    if mode in {"allow", "prefer"}:
        return None
    if mode == "require":
        return True
    context = ssl.create_default_context(cafile=url.parameter("sslrootcert") or None)
    context.check_hostname = mode == "verify-full"
    return context


@contextmanager
def _translated(url: ServerUrl) -> Iterator[None]:
    try:
        yield
    except OSError:
        # A certificate that is not to be trusted is a ValueError as well.
        raise
    except (DatabaseError, InterfaceError, scramp.ScramException) as error:
        raise _translation(error, url) from error
    except _NOT_THE_PROTOCOL as error:
        raise RefusedError("it does not speak PostgreSQL's protocol") from error


def _translation(error: Exception, url: ServerUrl) -> RefusedError | ConnectionResetError:
    refusal = next((one for one in _chain(error) if isinstance(one, DatabaseError)), None)
    if refusal is not None:
        fields = refusal.args[0]
        code = fields.get("C", "")
        if code == _WRONG_PASSWORD and not url.password:
            return RefusedError(f'a password is needed for role "{url.user}"', code=code)
        return RefusedError(" ".join(fields.get("M", "no reason given").split()), code=code)
    if str(error) == "network error":
        return ConnectionResetError("the server closed the connection")
    return RefusedError(str(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and those that it hides: ending a session that was refused may fail as well."""
    while error is not None:
        yield error
        error = error.__context__
