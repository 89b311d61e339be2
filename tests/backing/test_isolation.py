"""Each service gets a database and a role of its own on the one server of a run."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from generator.backing import BackingServices
from tests.backing.machine import (
    INSTALLED,
    environment,
    open_folder,
    opened,
    psql,
    psql_error,
    url_of,
)


@pytest.fixture(scope="module")
def services() -> Iterator[BackingServices]:
    folder = open_folder()
    with opened(environment(folder), INSTALLED) as running:
        yield running
    folder.rmdir()


def test_a_role_may_make_databases_but_not_roles(services: BackingServices) -> None:
    url = url_of(services)
    psql(url, "CREATE DATABASE more")
    assert psql(url.rpartition("/")[0] + "/more", "SELECT 1") == "1"
    assert "permission denied" in psql_error(url, "CREATE ROLE other")


def test_a_service_cannot_enter_the_database_of_another(services: BackingServices) -> None:
    one, other = url_of(services, "one"), url_of(services, "other")
    as_one_to_other = one.rpartition("/")[0] + urlsplit(other).path
    assert "permission denied" in psql_error(as_one_to_other, "SELECT 1")


def test_passwords_are_random_and_asked_for(services: BackingServices) -> None:
    one, other = urlsplit(url_of(services)), urlsplit(url_of(services))
    assert one.password
    assert len(one.password) >= 32
    assert one.password != other.password
    assert "password" in psql_error(one.geturl().replace(one.password, "wrong"), "SELECT 1")


def test_names_that_are_long_or_alike_stay_apart_and_leave_room(
    services: BackingServices,
) -> None:
    names = {urlsplit(url_of(services, "a" * 38 + f"-{end}")).path[1:] for end in "abbc"}
    assert len(names) == 4
    assert all(re.fullmatch(r"verify_[0-9a-f]{8}_[a-z0-9_]+", name) for name in names)
    assert max(map(len, names)) <= 48


def test_many_threads_may_ask_at_once(services: BackingServices) -> None:
    with ThreadPoolExecutor(4) as pool:
        urls = list(pool.map(lambda number: url_of(services, f"s-{number}"), range(8)))
    assert len(set(urls)) == 8
    assert {psql(url, "SELECT 1") for url in urls} == {"1"}
