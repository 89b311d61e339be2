"""As root, servers run as another user, who must be able to walk to the data."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.backing import folder_for_data
from tests.backing.machine import open_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = open_folder()
    (folder / "closed").mkdir(mode=0o700)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as somebody else")
def test_data_that_the_servers_user_cannot_reach_are_elsewhere_always_in_one_place(
    folder: Path,
) -> None:
    instead = folder / "instead"
    wanted = folder / "closed/shop/backing"
    moved = folder_for_data(wanted, instead)
    assert moved.parent == instead
    assert folder_for_data(wanted, instead) == moved
    assert folder_for_data(folder / "closed/other/backing", instead) != moved


def test_data_stay_where_they_are_wanted_where_that_will_do(folder: Path) -> None:
    wanted = folder / "shop/backing"
    assert folder_for_data(wanted, folder / "instead") == wanted
