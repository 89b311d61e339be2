"""A workspace that was moved or copied with all that git ignores in it."""

import shutil
from pathlib import Path

import pytest

from generator.verification import Check, Outcome
from tests.verification.support import Shop

pytestmark = pytest.mark.slow

WHOSE_PYTHON = """\
import sys
from pathlib import Path

import app


def test_python_and_the_sources_are_those_of_this_workspace() -> None:
    root = Path(__file__).parents[3]
    assert Path(sys.prefix).is_relative_to(root)
    assert Path(app.__file__).is_relative_to(root)
"""


def test_a_copy_is_verified_by_environments_of_its_own(lonely: Shop, tmp_path: Path) -> None:
    lonely.add("copied", {"tests/test_whose.py": WHOSE_PYTHON}, tools=("pytest",))
    assert lonely.check("copied", Check.TESTS)[Check.TESTS].outcome is Outcome.PASSED
    shutil.copytree(lonely.root, tmp_path / "copy", symlinks=True)
    copy = Shop(root=tmp_path / "copy")
    # What was green at the other place and is the same here would not be run again.
    (copy.root / "services/copied/src/app/new.py").touch()
    assert copy.check("copied", Check.TESTS)[Check.TESTS].outcome is Outcome.PASSED
