"""Registers people through the API, logs them in and makes the requests that load it."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection

from tests.benchmarks.load import request
from tests.benchmarks.users import ask

_USERS = "/api/v1/users"
_LOGIN = "/api/v1/auth/login"
_PASSWORD = "correct horse battery staple"
CACHED, UNCACHED, LOGIN = "cached read", "uncached read", "login"
WORK = (CACHED, UNCACHED, LOGIN)


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """Somebody who is logged in at one server.

    Attributes:
        path: where they are read, from the cache after the first time.
        token: what they show for it.
    """

    email: str
    path: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What goes with each of their reads."""
        return {"Authorization": f"Bearer {self.token}"}


def register(port: int, number: int) -> list[dict[str, str]]:
    """Register people, each with an `id` and an `email`."""
    made = []
    with closing(HTTPConnection("127.0.0.1", port)) as connection:
        for count in range(number):
            email = f"person-{count}@example.org"
            person = {"name": f"Person {count}", "email": email, "password": _PASSWORD}
            made.append(ask(connection, "POST", _USERS, {}, person))
    return made


def log_in(port: int, people: Sequence[dict[str, str]]) -> list[Account]:
    """Log all of them in at one server."""
    accounts = []
    with closing(HTTPConnection("127.0.0.1", port)) as connection:
        for person in people:
            email = person["email"]
            tokens = ask(connection, "POST", _LOGIN, {}, _credentials(email))
            accounts.append(
                Account(
                    email=email,
                    path=f"{_USERS}/{person['id']}",
                    token=str(tokens["access_token"]),
                )
            )
    return accounts


def texts(work: str, accounts: Sequence[Account]) -> list[str]:
    """The requests of one kind of work, one of each account."""
    if work == LOGIN:
        return [request("POST", _LOGIN, {}, _credentials(a.email)) for a in accounts]
    if work == UNCACHED:
        return [request("GET", f"{_USERS}/me", a.headers) for a in accounts]
    return [request("GET", a.path, a.headers) for a in accounts]


def _credentials(email: str) -> dict[str, str]:
    return {"email": email, "password": _PASSWORD}
