"""Makes the users that are read, and sees that both servers answer the same."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from http.client import HTTPConnection
from typing import Any


def make_users(port: int, key: str, number: int) -> list[str]:
    """Create users through the data service; return their ids."""
    made, headers = [], {"X-API-Key": key}
    with closing(HTTPConnection("127.0.0.1", port)) as connection:
        for count in range(number):
            name = f"read-{count}"
            user = {"name": name, "email": f"{name}@example.org"}
            made.append(str(ask(connection, "POST", "/api/v1/users", headers, user)["id"]))
    return made


def refuse_other_answers(
    ports: Sequence[int], path: str, headers: Sequence[Mapping[str, str]]
) -> None:
    """A peer that answers something else is no peer; each server has its own headers."""
    answers = []
    for port, own in zip(ports, headers, strict=True):
        with closing(HTTPConnection("127.0.0.1", port)) as connection:
            answers.append(ask(connection, "GET", path, own))
    if any(answer != answers[0] for answer in answers):
        raise SystemExit(f"The servers do not answer the same: {answers}")


def ask(
    connection: HTTPConnection,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Send one request with JSON; anything but success ends the benchmark."""
    sent = None if body is None else json.dumps(body)
    connection.request(method, path, sent, {"Content-Type": "application/json", **headers})
    response = connection.getresponse()
    said = response.read()
    if not 200 <= response.status < 300:
        raise SystemExit(f"{method} {path}: {response.status} {said!r}")
    answer = json.loads(said)
    assert isinstance(answer, dict)
    return answer
