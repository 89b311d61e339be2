"""What doctor reads of a lock is what uv says of it, without running uv."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from uv import find_uv_bin

from generator.env_vars import uv_env_vars
from generator.usecases.lock_check import lock_faults
from generator.workspace import open_workspace

MEMBER = """\
[project]
name = "mailer"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["shared"]

[tool.uv]
package = false

[tool.uv.sources]
shared = { workspace = true }
"""


def replaced(before: str, after: str) -> Callable[[Path], None]:
    """Changes the library's pyproject.toml."""

    def change(root: Path) -> None:
        path = root / "shared/pyproject.toml"
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after, 1))

    return change


def a_new_member(root: Path) -> None:
    folder = root / "services/mailer"
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(MEMBER)


def a_version_that_was_locked(root: Path) -> None:
    lock = root / "uv.lock"
    text = lock.read_text()
    lock.write_text(text.replace('name = "structlog", specifier = ">=', 'name = "structlog", '
                                 'specifier = ">=0.', 1))  # fmt: skip


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda root: root, ""),
        (replaced("dependencies = [", "# a comment\ndependencies = ["), ""),
        (replaced('"structlog>=', '"StructLog >= '), ""),
        (replaced("dependencies = [", 'dependencies = [\n  "attrs",'), "attrs"),
        (replaced('"structlog>=', '"structlog>=0.0'), "structlog"),
        (replaced('"structlog>=', '"structlog[x]>='), "structlog"),
        (replaced("dev = [", 'dev = [\n  "attrs",'), "attrs"),
        (replaced('requires-python = ">=3.11"', 'requires-python = ">=3.12"'), "Python"),
        (a_new_member, "mailer is not locked"),
        (a_version_that_was_locked, "structlog"),
    ],
)
def test_a_lock_is_told_from_a_stale_one_as_uv_does(
    workspace: Path, change: Callable[[Path], None], named: str
) -> None:
    change(workspace)
    faults = lock_faults(open_workspace(workspace))
    asked = subprocess.run(
        [find_uv_bin(), "lock", "--check", "--offline", "--python", sys.executable],
        cwd=workspace, env=uv_env_vars(os.environ), capture_output=True, check=False,
    )  # fmt: skip
    assert bool(faults) == bool(asked.returncode), (faults, asked.stderr)
    assert named in "; ".join(faults)


@pytest.mark.parametrize("text", ["", "[", "package = 3", '[[package]]\nname = "x"\nsource = 3\n'])
def test_what_is_no_lock_is_said_and_ends_nothing(workspace: Path, text: str) -> None:
    (workspace / "uv.lock").write_text(text)
    assert lock_faults(open_workspace(workspace))
