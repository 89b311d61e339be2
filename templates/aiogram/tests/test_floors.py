"""Features do not know each other, and rules know nothing of messages and HTTP."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_import_contracts_of_pyproject_are_kept() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": "src"}, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
