"""Somebody registers, confirms their address and logs in, while others do what they may not.

Played by `generator verify --system`; what a scenario may do is in `shared.testing.system`.
"""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import httpx2
import pytest

from shared.testing.system import Service, System, needs, wait_for

pytestmark = needs("fastapi[auth]", "worker[notifications]", "data-postgres[example]")
PASSWORD = "correct horse battery"
AT_ONCE = 100
PARALLEL = 20


@pytest.fixture
def api(system: System) -> Service:
    """Return the API that knows accounts."""
    return system.find("fastapi[auth]")


def token_for(system: System, email: str) -> str:
    """Return what the message to somebody who registers asks to be sent back."""

    def found() -> str:
        for message in system.posted("notifications"):
            if (message["kind"], message["email"]) == ("confirm-registration", email):
                return str(message["text"]).rsplit(": ", 1)[-1]
        return ""

    return str(wait_for(f"a message to {email}", found))


def test_somebody_registers_confirms_and_logs_in(system: System, api: Service) -> None:
    """The message comes by way of RabbitMQ and the worker; the password is in no answer."""
    email = "ada@example.org"
    with api.client() as client:
        person = {"name": "Ada", "email": email, "password": PASSWORD}
        begun = client.post("/api/v1/users", json=person)
        assert begun.status_code == HTTPStatus.ACCEPTED, begun.text
        login = {"email": email, "password": PASSWORD}
        early = client.post("/api/v1/auth/login", json=login)
        assert early.status_code == HTTPStatus.UNAUTHORIZED
        proof = {"token": token_for(system, email), "password": PASSWORD}
        confirmed = client.post("/api/v1/users/confirm", json=proof)
        assert confirmed.status_code == HTTPStatus.CREATED, confirmed.text
        entered = client.post("/api/v1/auth/login", json=login).raise_for_status()
        client.headers["Authorization"] = f"Bearer {entered.json()['access_token']}"
        known = client.get("/api/v1/users/me").raise_for_status()
    assert known.json()["id"] == confirmed.json()["id"]
    assert PASSWORD not in begun.text + confirmed.text + known.text
    system.tell(f"{email} registered, confirmed and logged in")


def test_of_many_confirmations_at_once_exactly_one_makes_an_account(
    system: System, api: Service
) -> None:
    """Whoever is later is told that it is taken, or to come again: nobody is there twice."""
    email = "eve@example.org"
    with api.client() as client:
        person = {"name": "Eve", "email": email, "password": PASSWORD}
        client.post("/api/v1/users", json=person).raise_for_status()
        proof = {"token": token_for(system, email), "password": PASSWORD}

        def confirm(_: int) -> int:
            return client.post("/api/v1/users/confirm", json=proof).status_code

        with ThreadPoolExecutor(PARALLEL) as pool:
            statuses = Counter(pool.map(confirm, range(AT_ONCE)))
    assert statuses[HTTPStatus.CREATED] == 1, statuses
    refused = (HTTPStatus.CONFLICT, HTTPStatus.BAD_REQUEST, HTTPStatus.SERVICE_UNAVAILABLE)
    assert 1 + sum(statuses[each] for each in refused) == AT_ONCE, statuses


def test_the_callers_request_id_comes_back_in_header_and_problem(api: Service) -> None:
    """Whoever complains can name the request."""
    with api.client(x_request_id="one-for-all") as client:
        answer = client.get("/api/v1/users/me")
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert answer.headers["X-Request-ID"] == "one-for-all"
    assert answer.json()["request_id"] == "one-for-all"


def test_the_data_service_lets_nobody_in_without_a_key(system: System, api: Service) -> None:
    """Not even on this machine."""
    data = system.services[api.calls[0]]
    answer = httpx2.get(f"{data.url}/api/v1/users")
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert not re.search("ada@example.org", answer.text)
