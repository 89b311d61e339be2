"""Plants in a workspace whatever somebody else's clone may hold to have its code run."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.support.checkout import git

# A build backend of a member's own, whose version nobody knows without running it.
_MEMBER = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "{name}"
dynamic = ["version", "dependencies"]
requires-python = ">=3.11"
"""
# What Python or every suite imports by itself, and what shadows what the generator imports.
_MODULES = ("conftest", "sitecustomize", "usercustomize", "json", "yaml", "typing", "backend")
_HOOKS = (
    "pre-commit", "post-checkout", "post-index-change", "reference-transaction",
    "fsmonitor-watchman", "prepare-commit-msg", "post-commit", "pre-auto-gc",
)  # fmt: skip


def plant(workspace: Path, marks: Path) -> None:
    """Fill a workspace with traps; each that springs leaves a file in `marks`."""
    marks.mkdir()
    for folder in (workspace, workspace / "services/users-data", workspace / "shared"):
        _plant_modules(folder, marks)
    _plant_member(workspace / "services/evil", marks)
    (workspace / "shared/pyproject.toml").write_text(_MEMBER.format(name="shared"))
    _plant_programs(workspace, marks)
    _plant_git(workspace, marks)
    (workspace / "uv.toml").write_text('keyring-provider = "subprocess"\n')
    journal = workspace / ".generator/journal"
    journal.mkdir(parents=True, exist_ok=True)
    (journal / "steps.json").write_text('{"schema": 1, "title": "sync", "steps": []}\n')


def _python(mark: Path) -> str:
    return f"import os\nos.close(os.open({str(mark)!r}, os.O_CREAT | os.O_WRONLY))\n"


def _plant_modules(folder: Path, marks: Path) -> None:
    for name in _MODULES:
        (folder / f"{name}.py").write_text(_python(marks / f"{folder.name}-{name}"))
    (folder / "generator").mkdir()
    (folder / "generator/__init__.py").write_text(_python(marks / f"{folder.name}-generator"))


def _plant_member(folder: Path, marks: Path) -> None:
    folder.mkdir()
    (folder / "pyproject.toml").write_text(_MEMBER.format(name="evil"))
    (folder / "backend.py").write_text(_python(marks / "build-backend"))
    (folder / "setup.py").write_text(_python(marks / "setup.py"))


def _plant_programs(workspace: Path, marks: Path) -> None:
    for place in (
        ".venv/bin/python", "python", "git", "uv", "docker", "keyring",
        ".generator/envs/users-data/bin/python", ".generator/envs/users-data/bin/ruff",
    ):  # fmt: skip
        _program(workspace / place, marks / place.replace("/", "-"))
    (workspace / ".venv/pyvenv.cfg").write_text(f"home = {Path(sys.executable).parent}\n")
    (workspace / ".python-version").write_text("./python\n")


def _plant_git(workspace: Path, marks: Path) -> None:
    for hook in _HOOKS:
        _program(workspace / ".git/hooks" / hook, marks / f"hook-{hook}")
    for key, value in _settings(workspace, marks):
        git(workspace, "config", key, value)
    (workspace / ".gitattributes").write_text("* filter=evil diff=evil merge=evil\n")
    # Older than the index, so that git compares contents, which asks the filters.
    for path in ("README.md", ".env", "compose.yaml"):
        os.utime(workspace / path, (1, 1))


def _settings(workspace: Path, marks: Path) -> Iterator[tuple[str, str]]:
    for key in (
        "core.fsmonitor", "core.sshCommand", "core.pager", "core.editor",
        "core.alternateRefsCommand", "diff.external", "diff.evil.command", "diff.evil.textconv",
        "filter.evil.clean", "filter.evil.smudge", "filter.evil.process",
        "merge.evil.driver", "gpg.program",
        "credential.helper", "pager.ls-files", "alias.ls-files",
    ):  # fmt: skip
        script = workspace / ".git" / f"evil-{key}"
        _program(script, marks / f"config-{key}")
        yield key, str(script)
    yield "commit.gpgsign", "true"


def _program(path: Path, mark: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n: > '{mark}'\nexit 1\n")
    path.chmod(0o755)
