"""The data that a service has on this machine follow its name, there and back."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generator.backing import BackingKind, Request, begin_backing
from generator.rendering.trees import read_tree
from tests.backing.machine import open_folder, psql
from tests.support.cli import Cli

LIGHT = ("--no-verify", "--no-lock")
RENAME = ("rename-service", "users-data", "people-data", *LIGHT)
KINDS = {BackingKind.POSTGRES}


@pytest.fixture
def open_shop(_shop: Path) -> Iterator[Path]:
    """A workspace where every account gets in, so that `generator up` keeps its data inside."""
    folder = open_folder()
    shutil.copytree(_shop, folder / "shop", symlinks=True)
    yield folder / "shop"
    shutil.rmtree(folder)


@pytest.fixture
def lived_in(open_shop: Path) -> Path:
    """A workspace whose data service has a row in the database that `generator up` keeps."""
    with database(open_shop, "users-data") as url:
        psql(url, "CREATE TABLE mine AS SELECT 'kept' AS fact")
    return open_shop


@contextmanager
def database(shop: Path, service: str) -> Iterator[str]:
    """The database that the next `generator up` gives to a service."""
    folder = shop / ".generator/up/backing"
    with begin_backing(KINDS, Request(environment=os.environ, folder=folder)) as servers:
        yield servers.isolate(service, KINDS)["DATABASE_URL"]


@pytest.mark.slow
def test_a_renamed_service_finds_its_data_and_so_it_does_when_that_is_undone(
    cli: Cli, lived_in: Path
) -> None:
    said = cli(*RENAME, cwd=lived_in).ok()
    assert "The database of people-data on this machine has its new name" in said.stderr
    with database(lived_in, "people-data") as url:
        assert psql(url, "SELECT fact FROM mine") == "kept"
        assert psql(url, "SELECT current_user") == "people_data"
        assert "users_data" not in psql(url, "SELECT datname FROM pg_database")
    said = cli("undo", cwd=lived_in).ok()
    assert "The database of users-data on this machine has its new name" in said.stderr
    with database(lived_in, "users-data") as url:
        assert psql(url, "SELECT fact FROM mine") == "kept"


def test_what_runs_is_neither_renamed_nor_removed(cli: Cli, shop: Path) -> None:
    place = shop / ".generator/up"
    place.mkdir(parents=True)
    before = read_tree(shop)
    with (place / "lock").open("w") as lock:
        lock.write(str(os.getpid()))
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        for words in (RENAME, ("remove-service", "users-api", "--no-lock")):
            refused = cli(*words, cwd=shop).failed(3)
            assert "The system of this workspace is up" in refused.stderr
            assert "generator down" in refused.stderr
    assert read_tree(shop) == before
    cli("remove-service", "users-api", "--no-lock", cwd=shop).ok()


def test_where_the_server_cannot_be_started_it_is_said_and_the_files_are_renamed(
    cli: Cli, open_shop: Path
) -> None:
    data = open_shop / ".generator/up/backing/postgres/data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    said = cli(*RENAME, "--json", cwd=open_shop).ok().json()
    assert said["written"]
    assert "PostgreSQL" in said["local_data"]["failed"]
    assert (open_shop / "services/people-data").is_dir()
