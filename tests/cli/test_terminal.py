"""On a terminal the generator asks, draws and colours; NO_COLOR and flags switch that off."""

import os
import pty
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from tests.support.cli import Cli

NEW = ("new-service", "data-postgres", "users-data", "--no-verify", "--no-lock")


def on_terminal(
    cli: Cli, *arguments: str, cwd: Path, typed: str = "", env: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Run on a pseudo terminal, type something, and return the exit code and all it showed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        cli.command(*arguments), cwd=cwd, env=cli.env({"TERM": "xterm", **(env or {})}),
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    os.write(ours, typed.encode())
    shown = b""
    try:
        while block := os.read(ours, 4096):
            shown += block
    except OSError:
        # Linux says EIO when the other end is closed.
        pass
    finally:
        os.close(ours)
    return process.wait(timeout=60), shown.decode(errors="replace")


def test_what_no_flag_answers_is_asked_and_enter_takes_the_default(
    cli: Cli, workspace: Path
) -> None:
    code, shown = on_terminal(cli, *NEW, cwd=workspace, typed="n\n\nTyped text\n\n")
    assert code == 0, shown
    answers = yaml.safe_load((workspace / "services/users-data/.copier-answers.yml").read_text())
    assert answers["description"] == "Typed text"
    assert answers["owner"] == "platform-team"
    assert answers["example"] is False


@pytest.mark.parametrize("flags", [("--defaults",), ("--owner", "users-team"), ("--dry-run",)])
def test_flags_mean_no_questions(cli: Cli, workspace: Path, flags: tuple[str, ...]) -> None:
    code, shown = on_terminal(cli, *NEW, *flags, cwd=workspace)
    assert code == 0, shown
    assert "press Enter" not in shown


def test_a_bad_name_is_refused_before_anything_is_asked(cli: Cli, workspace: Path) -> None:
    code, shown = on_terminal(cli, "new-service", "data-postgres", "../x", cwd=workspace)
    assert code == 2
    assert "press Enter" not in shown


@pytest.mark.parametrize(
    ("env", "colours"), [({}, ["32"]), ({"NO_COLOR": "1"}, []), ({"TERM": "dumb"}, [])]
)
def test_colour_follows_the_terminal_and_no_color(
    cli: Cli, workspace: Path, env: dict[str, str], colours: list[str]
) -> None:
    cli("sync", cwd=workspace).ok()
    _, shown = on_terminal(cli, "doctor", cwd=workspace, env=env)
    assert re.findall(r"\x1b\[(3[12])m", shown)[:1] == colours, shown
