"""The page on trust speaks of every command, and says of it what the hostile workspace proves."""

import re
from typing import Any

import typer.main

from generator.cli.root import app
from tests.support.checkout import PROJECT

PAGE = (PROJECT / "docs/reference/trust.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"(?m)^\| `generator ([\w-]+)` \| ([^|]+) \|", PAGE))


def test_every_command_has_its_row() -> None:
    command: Any = typer.main.get_command(app)
    assert set(ROWS) == set(command.commands)


def test_what_is_said_to_run_nothing_is_what_the_hostile_workspace_tries() -> None:
    source = (PROJECT / "tests/workspace/test_hostile_workspace.py").read_text(encoding="utf-8")
    quiet = {name for name, runs in ROWS.items() if runs.strip() == "nothing"}
    # It is asked for servers by name, and never looks into a workspace.
    assert all(f'("{name}",' in source for name in quiet - {"backing"})
