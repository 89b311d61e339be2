"""Each service gets a prefix of its own on the one Redis of a run."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from valkey.exceptions import AuthenticationError

from generator.backing import BackingServices
from tests.backing.machine import environment, open_folder
from tests.backing.redis.lent import client
from tests.backing.redis.machine import EMBEDDED, namespace_of, opened_redis


@pytest.fixture(scope="module")
def services() -> Iterator[BackingServices]:
    folder = open_folder()
    with opened_redis(environment(folder), EMBEDDED) as running:
        yield running
    folder.rmdir()


def test_a_prefix_names_the_run_and_the_service(services: BackingServices) -> None:
    _, prefix = namespace_of(services, "users-api")
    assert re.fullmatch(r"verify_[0-9a-f]{8}:users-api(\.\d+)?:", prefix)


def test_no_prefix_is_given_twice_or_begins_another(services: BackingServices) -> None:
    names = ["users", "users", "users-api", "USERS", "users*", "users"]
    prefixes = [namespace_of(services, name)[1] for name in names]
    assert len(set(prefixes)) == 6
    assert not any(a != b and a.startswith(b) for a in prefixes for b in prefixes)


def test_the_password_is_random_and_asked_for(services: BackingServices) -> None:
    url, _ = namespace_of(services)
    password = urlsplit(url).password or ""
    assert len(password) >= 32
    with (
        client(url.replace(f":{password}@", "")) as redis,
        pytest.raises(AuthenticationError),
    ):
        redis.get("a")


def test_nothing_is_left_of_the_probe(services: BackingServices) -> None:
    url, prefix = namespace_of(services, "fresh")
    with client(url) as redis:
        assert redis.keys(f"{prefix}*") == []


def test_many_threads_may_ask_at_once(services: BackingServices) -> None:
    with ThreadPoolExecutor(4) as pool:
        rooms = list(pool.map(lambda number: namespace_of(services, f"s-{number}"), range(8)))
    assert len({prefix for _, prefix in rooms}) == 8
