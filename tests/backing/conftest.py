"""A folder that must be empty again after each test, and a server that is somebody else's."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.backing.lent import Lent, lend
from tests.backing.machine import (
    environment,
    is_clean,
    open_folder,
    processes,
    state_of,
    wait_until,
)


@pytest.fixture
def scratch() -> Iterator[Path]:
    """The `TMPDIR` of one test; nothing may be left in it, nor any process that works there."""
    folder = open_folder()
    yield folder
    left = (processes(str(folder)), list(folder.iterdir()))
    shutil.rmtree(folder)
    shutil.rmtree(state_of(folder), ignore_errors=True)
    assert left == ([], [])


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Ends what a test has started, after the `with` blocks of the test."""
    with ExitStack() as entered:
        yield entered


@pytest.fixture(scope="session")
def lent() -> Iterator[Lent]:
    """A server with roles of every kind; not the generator's."""
    folder = open_folder()
    with lend(environment(folder)) as server:
        yield server
    wait_until(lambda: is_clean(folder))
    folder.rmdir()
