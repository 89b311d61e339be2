"""Makes the users that are read, and sees that both servers answer the same."""

import json
from collections.abc import Sequence
from contextlib import closing
from http.client import HTTPConnection
from typing import Any


def make_users(port: int, key: str, number: int) -> list[str]:
    """Create users through the data service; return their ids."""
    made = []
    with closing(HTTPConnection("127.0.0.1", port)) as connection:
        for count in range(number):
            name = f"read-{count}"
            user = json.dumps({"name": name, "email": f"{name}@example.org"})
            made.append(str(_ask(connection, "POST", "/api/v1/users", key, user)["id"]))
    return made


def refuse_other_answers(ports: Sequence[int], key: str, user_id: str) -> None:
    """A peer that answers something else is no peer."""
    answers = []
    for port in ports:
        with closing(HTTPConnection("127.0.0.1", port)) as connection:
            answers.append(_ask(connection, "GET", f"/api/v1/users/{user_id}", key))
    if any(answer != answers[0] for answer in answers):
        raise SystemExit(f"The servers do not answer the same: {answers}")


def _ask(
    connection: HTTPConnection, method: str, path: str, key: str, body: str = ""
) -> dict[str, Any]:
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    connection.request(method, path, body or None, headers)
    response = connection.getresponse()
    said = response.read()
    if not 200 <= response.status < 300:
        raise SystemExit(f"{method} {path}: {response.status} {said!r}")
    answer = json.loads(said)
    assert isinstance(answer, dict)
    return answer
