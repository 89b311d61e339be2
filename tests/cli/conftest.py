"""What the tests of the command line share."""

import os
from pathlib import Path

import pytest

from tests.support.cli import Cli


@pytest.fixture
def defect(cli: Cli, tmp_path: Path) -> dict[str, str]:
    """Variables with which `sync` meets a failure that nobody expects."""
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "secrets.py").write_text("raise RuntimeError('broken')\n")
    return {"PYTHONPATH": f"{folder}{os.pathsep}{cli.checkout}"}
