"""A Redis server that is somebody else's, for all tests of this folder."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backing.machine import open_folder
from tests.backing.redis.lent import Lent, client, lend
from tests.backing.redis.machine import program


@pytest.fixture(scope="session")
def lent() -> Iterator[Lent]:
    """A server with users of every kind; not the generator's."""
    folder = open_folder()
    with lend(program(), folder) as server:
        with client(server.url()) as owner:
            owner.set("precious", "somebody's")
        yield server
    shutil.rmtree(folder)


@pytest.fixture
def bin_folder() -> Iterator[Path]:
    """A folder for programs that every user may run, the first on `path`."""
    folder = open_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def path(bin_folder: Path) -> str:
    """A PATH on which Redis is installed, wherever this machine has it."""
    (bin_folder / "redis-server").symlink_to(program())
    return f"{bin_folder}:/usr/bin:/bin"
