"""A client of RabbitMQ's management API, which alone can make virtual hosts and users."""

import http.client
import json
import ssl
from base64 import b64encode
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import quote, urlsplit

from generator.backing.model import RefusedError

_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Management:
    """The API of one server, as one user.

    Attributes:
        host: a name or an IP address.
        port: the port.
        user: the user.
        password: its password; never shown by `repr`.
        secure: whether TLS is spoken.
        seconds: the time limit for each answer.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    secure: bool = False
    seconds: float = _SECONDS

    @classmethod
    def parse(cls, url: str, *, user: str, password: str) -> Self:
        """Read `http://host:15672` or `https://host`.

        Raises:
            ValueError: it is not such a URL.
        """
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("it does not begin with http:// or https://")
        port = parts.port or (443 if secure else 80)
        return cls(host=parts.hostname, port=port, user=user, password=password, secure=secure)

    def tags(self) -> frozenset[str]:
        """What the user may do, e.g. `administrator`.

        Raises:
            OSError: nothing answers, or nothing that speaks HTTP.
            RefusedError: the user is not let in.
        """
        match self._ask("GET", "whoami"):
            case {"tags": list(tags)}:
                return frozenset(map(str, tags))
            case {"tags": tags}:
                # A text with commas, in older versions.
                return frozenset(str(tags).split(","))
        return frozenset()

    def names(self, kind: str) -> list[str]:
        """The names of all `vhosts` or `users`; raises `OSError` or `RefusedError`."""
        match self._ask("GET", kind):
            case list(found):
                return [str(one["name"]) for one in found if isinstance(one, dict)]
        raise RefusedError("its answer is no list")

    def put(self, *names: str, body: Mapping[str, object]) -> None:
        """Make or change the thing at a path; raises `OSError` or `RefusedError`."""
        self._ask("PUT", *names, body=body)

    def delete(self, *names: str) -> None:
        """Delete the thing at a path; one that is not there is fine.

        Raises:
            OSError: nothing answers.
            RefusedError: the server does not allow it.
        """
        try:
            self._ask("DELETE", *names)
        except RefusedError as error:
            if error.code != "404":
                raise

    def _ask(self, method: str, *names: str, body: Mapping[str, object] | None = None) -> object:
        path = "/api/" + "/".join(quote(name, safe="") for name in names)
        login = b64encode(f"{self.user}:{self.password}".encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
        try:
            with closing(self._connection()) as connection:
                connection.request(method, path, json.dumps(body or {}), headers)
                answer = connection.getresponse()
                said = answer.read()
        except http.client.HTTPException as error:
            raise ConnectionError(f"it does not speak HTTP: {error!r}") from error
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise RefusedError(f"{answer.status} {answer.reason}", code=str(answer.status))
        return _document(said)

    def _connection(self) -> http.client.HTTPConnection:
        if not self.secure:
            return http.client.HTTPConnection(self.host, self.port, timeout=self.seconds)
        return http.client.HTTPSConnection(
            self.host, self.port, timeout=self.seconds, context=ssl.create_default_context()
        )


def _document(said: bytes) -> object:
    if not said:
        return {}
    try:
        document: object = json.loads(said)
    except ValueError as error:
        raise RefusedError("its answer is no JSON") from error
    return document
