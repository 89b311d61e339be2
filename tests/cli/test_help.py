"""Help teaches, costs little, and every way out ends in a documented exit code."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main

from generator import __version__
from generator.cli.root import app
from tests.support.cli import Cli

COMMANDS = ("init", "new-service", "list", "sync", "verify", "doctor")
WRITING = ("init", "new-service", "sync")


def test_the_root_help_names_every_command_and_a_first_step(cli: Cli, tmp_path: Path) -> None:
    shown = cli("--help", cwd=tmp_path).ok().stdout
    assert all(command in shown for command in COMMANDS)
    assert "generator init shop" in shown


@pytest.mark.parametrize("words", [(), ("source",), ("template",)])
def test_without_a_command_the_help_is_shown_and_no_error(
    cli: Cli, tmp_path: Path, words: tuple[str, ...]
) -> None:
    bare = cli(*words, cwd=tmp_path)
    assert bare.code == 2
    assert bare.stderr == cli(*words, "--help", cwd=tmp_path).ok().stdout


def test_the_summaries_listed_are_those_of_the_commands() -> None:
    command: Any = typer.main.get_command(app)
    of_commands = {
        name: command.commands[name].get_short_help_str(limit=200).rstrip(".")
        for name in command.commands
    }
    assert {name: one.summary.rstrip(".") for name, one in command.listed.items()} == of_commands


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(
    cli: Cli, tmp_path: Path, command: str
) -> None:
    shown = cli(command, "--help", cwd=tmp_path, env={"COLUMNS": "200"}).ok().stdout
    assert f"Example: generator {command}" in shown
    assert "--json" in shown
    if command in WRITING:
        assert "--dry-run" in shown


def test_help_loads_nothing_that_only_commands_need(cli: Cli, tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "sys.argv = ['generator', '--help']\n"
        "from generator.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n"
        "    print('LOADED', sorted({'copier', 'jinja2', 'yaml', 'questionary',"
        " 'prompt_toolkit', 'textual', 'generator.cli.init'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=cli.env(), cwd=tmp_path, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert "LOADED []" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("no-such-command",), "No such command"),
        (("new-servce", "a", "b"), "new-service"),
        (("list", "--nope"), "No such option"),
        (("new-service", "data-postgres"), "Missing argument"),
    ],
)
def test_wrong_usage_is_exit_2_with_what_was_meant(
    cli: Cli, tmp_path: Path, arguments: tuple[str, ...], named: str
) -> None:
    refused = cli(*arguments, cwd=tmp_path)
    assert refused.code == 2
    assert named in refused.stderr
    assert "Traceback" not in refused.stderr


def test_outside_a_workspace_the_cure_is_named(cli: Cli, tmp_path: Path) -> None:
    for command in (("list",), ("sync",), ("verify",), ("new-service", "data-postgres", "abc")):
        assert "generator init" in cli(*command, cwd=tmp_path).failed(2).stderr


def test_the_version_is_that_of_the_package(cli: Cli, tmp_path: Path) -> None:
    assert cli("--version", cwd=tmp_path).ok().stdout == f"generator {__version__}\n"


def test_templates_are_listed_with_what_they_need(cli: Cli, tmp_path: Path) -> None:
    listed = cli("list", "--templates", "--json", cwd=tmp_path).ok().json()
    assert listed["schema"] == 1
    found = {t["template"]: (t["backing"], t["features"]) for t in listed["templates"]}
    assert found == {
        "aiogram": (["redis"], ["uploads"]),
        "data-postgres": (["postgres"], ["outbox"]),
        "fastapi": ([], ["auth", "cache", "events", "tasks"]),
        "worker": (["rabbitmq", "redis"], ["media", "notifications", "analytics", "schedule"]),
    }
    assert "data-postgres" in cli("list", "--templates", cwd=tmp_path).ok().stdout


def test_output_to_a_pipe_has_no_colour_and_is_not_cut(cli: Cli, workspace: Path) -> None:
    text = "x" * 150
    cli(
        "new-service", "data-postgres", "users-data", "--no-verify", "--no-lock",
        "--description", text, cwd=workspace,
    ).ok()  # fmt: skip
    shown = cli("list", cwd=workspace, env={"FORCE_COLOR": ""}).ok().stdout
    assert "\x1b" not in shown
    assert text in shown


def test_markup_in_a_description_is_shown_as_it_is(cli: Cli, workspace: Path) -> None:
    cli(
        "new-service", "data-postgres", "users-data", "--no-verify", "--no-lock",
        "--description", "[bold]not bold[/bold] :smile:", cwd=workspace,
    ).ok()  # fmt: skip
    assert "[bold]not bold[/bold] :smile:" in cli("list", cwd=workspace).ok().stdout


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_do_no_harm(cli: Cli, workspace: Path, closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *cli.command("list")],
        cwd=workspace, env=cli.env(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_ends_the_run_quietly(cli: Cli, workspace: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        cli.command("list", "--json"), cwd=workspace, env=cli.env(), stdout=writer,
        stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(writer)
    assert done.returncode == 141
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
@pytest.mark.parametrize("unbuffered", ["1", ""])
def test_output_that_fits_nowhere_is_an_error_of_the_disk(
    cli: Cli, tmp_path: Path, unbuffered: str
) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            cli.command("list", "--templates", "--json"), cwd=tmp_path, stdout=full,
            env=cli.env({"PYTHONUNBUFFERED": unbuffered}), stderr=subprocess.PIPE, text=True,
            check=False,
        )  # fmt: skip
    assert done.returncode == 5, done.stderr
    assert done.stderr.startswith("error: The output cannot be written: No space left on device.")
    assert "Traceback" not in done.stderr


def test_completion_offers_templates(cli: Cli, tmp_path: Path) -> None:
    asked = {
        "_GENERATOR_COMPLETE": "complete_bash",
        "COMP_WORDS": "generator new-service data",
        "COMP_CWORD": "2",
    }
    script = "import sys; sys.argv = ['generator']; from generator.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path, env=cli.env(asked), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "data-postgres" in done.stdout


def test_an_unexpected_failure_is_one_line_unless_debugging(
    cli: Cli, workspace: Path, defect: dict[str, str]
) -> None:
    refused = cli("sync", cwd=workspace, env=defect).failed(70)
    assert "unexpected RuntimeError: broken" in refused.stderr
    assert "Traceback" in cli("sync", cwd=workspace, env={**defect, "GENERATOR_DEBUG": "1"}).stderr
