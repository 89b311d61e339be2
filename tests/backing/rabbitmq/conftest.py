"""A RabbitMQ server that is somebody else's; where none is installed, tests are skipped."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.backing.providers import UnsuitableError
from generator.backing.rabbitmq.programs import Programs
from tests.backing.machine import open_folder
from tests.backing.rabbitmq.lent import Lent, installed, lend


@pytest.fixture(scope="session")
def rabbitmq() -> Programs:
    """RabbitMQ on this machine; where none is installed, whatever takes it is skipped."""
    try:
        return installed()
    except UnsuitableError as error:
        pytest.skip(f"RabbitMQ is not installed: {error.outcome}")


@pytest.fixture
def bin_folder() -> Iterator[Path]:
    """A folder for programs that every user may run."""
    folder = open_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def lent(rabbitmq: Programs) -> Iterator[Lent]:
    """A server with users of every kind; not the generator's."""
    folder = open_folder()
    with lend(rabbitmq, folder) as server:
        yield server
    shutil.rmtree(folder)
