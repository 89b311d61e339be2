"""A workspace of tiny services, and ports for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.processes import free_port
from tests.running.support import Shop, make_shop
from tests.support.checkout import PROJECT
from tests.support.cli import Cli


@pytest.fixture
def shop(tmp_path: Path, caches: dict[str, str]) -> Iterator[Shop]:
    """A workspace without services; whatever a test leaves running ends with it."""
    made = make_shop(tmp_path / "shop", Cli(checkout=PROJECT, environment=caches))
    yield made
    made.down()
    assert made.processes() == []


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def other_port() -> int:
    return free_port()
