"""On a terminal the generator asks, draws and colours; NO_COLOR and flags switch that off."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.cli import Cli
from tests.support.terminal import ENTER, on_terminal

NEW = ("new-service", "data-postgres", "users-data", "--no-verify", "--no-lock")
WORKER = ("new-service", "worker", "media-worker", "--no-verify", "--no-lock")
EXAMPLE, FEATURES = "Render the example to copy from?", "Features"
DATA, WHAT, WHO = "The data service that it calls", "What it is for", "Who answers for it"
INTERRUPTED = "error: interrupted"


def answers_of(workspace: Path, name: str) -> dict[str, Any]:
    found = yaml.safe_load((workspace / f"services/{name}/.copier-answers.yml").read_text())
    assert isinstance(found, dict)
    return found


def test_what_no_flag_answers_is_asked_and_enter_takes_what_is_shown(
    cli: Cli, workspace: Path
) -> None:
    # The workspace's owner, unlike the template's, is what a service has where nobody says.
    answers = workspace / ".copier-answers.yml"
    answers.write_text(answers.read_text().replace("owner: platform-team", "owner: shop-team"))
    keys = [(EXAMPLE, "n"), (FEATURES, ENTER), (WHAT, f"Typed text{ENTER}"), (WHO, ENTER)]
    code, shown = on_terminal(cli, *NEW, cwd=workspace, keys=keys)
    assert code == 0, shown
    assert "[shop-team]" in shown
    recorded = answers_of(workspace, "users-data")
    assert recorded["description"] == "Typed text"
    assert recorded["owner"] == "shop-team"
    assert recorded["example"] is False


def test_a_flag_answers_its_own_question_only(cli: Cli, workspace: Path) -> None:
    flags = ("--owner", "users-team", "--no-example")
    keys = [(FEATURES, f" {ENTER}"), (WHAT, ENTER)]
    code, shown = on_terminal(cli, *NEW, *flags, cwd=workspace, keys=keys)
    assert code == 0, shown
    assert WHO not in shown
    assert EXAMPLE not in shown
    recorded = answers_of(workspace, "users-data")
    assert (recorded["owner"], recorded["example"]) == ("users-team", False)
    assert recorded["description"] == "The users-data service"
    # Space chose the one feature of this template; those of others were not shown.
    assert recorded["features"] == ["outbox"]
    assert "analytics" not in shown


def test_what_a_question_refuses_is_said_there(cli: Cli, workspace: Path) -> None:
    keys = [
        (EXAMPLE, ENTER), (FEATURES, ENTER), (WHAT, ENTER), (WHO, f"not an owner!{ENTER}"),
        ("Use a catalog reference", f"\x15users-team{ENTER}"),
    ]  # fmt: skip
    code, shown = on_terminal(cli, *NEW, cwd=workspace, keys=keys)
    assert code == 0, shown
    assert answers_of(workspace, "users-data")["owner"] == "users-team"


def test_the_only_data_service_is_preselected_and_examples_follow_the_example(
    cli: Cli, workspace: Path
) -> None:
    cli(*NEW, cwd=workspace).ok()
    keys = [(EXAMPLE, ENTER), (DATA, ENTER), (FEATURES, ENTER), (WHAT, ENTER), (WHO, ENTER)]
    code, shown = on_terminal(cli, *WORKER, cwd=workspace, keys=keys)
    assert code == 0, shown
    recorded = answers_of(workspace, "media-worker")
    assert recorded["data_service"] == "users-data"
    # Its examples and its clock, as its manifest says.
    assert recorded["features"] == ["media", "notifications", "analytics", "schedule"]
    # Without the example its code is not offered.
    bare = ("new-service", "worker", "bare-worker", "--no-verify", "--no-lock")
    keys[0] = (EXAMPLE, "n")
    code, shown = on_terminal(cli, *bare, cwd=workspace, keys=keys)
    assert code == 0, shown
    assert "thumbnail" not in shown
    assert answers_of(workspace, "bare-worker")["features"] == []


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (("worker", "media-worker"), "There is none yet: generator new-service data-postgres"),
        (("data-postgres", "../x"), "error: "),
        (("data-postgres", "users-data", "--with", "cache"), "no feature 'cache'"),
        (("data-postgres", "users-data", "--owner", "no owner!"), "Use a catalog reference"),
        (("data-postgres", "users-data", "--data", "colour=red"), "no answer 'colour'"),
    ],
)
def test_what_no_answer_can_mend_is_refused_before_anything_is_asked(
    cli: Cli, workspace: Path, words: tuple[str, ...], cause: str
) -> None:
    code, shown = on_terminal(cli, "new-service", *words, cwd=workspace)
    assert code == 2, shown
    assert cause in shown
    assert "press Enter" not in shown


def test_a_name_that_is_taken_is_refused_before_anything_is_asked(
    cli: Cli, workspace: Path
) -> None:
    cli(*NEW, cwd=workspace).ok()
    code, shown = on_terminal(cli, *NEW, cwd=workspace)
    assert code == 2, shown
    assert "press Enter" not in shown


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
@pytest.mark.parametrize("left", [EXAMPLE, FEATURES, WHAT])
def test_a_prompt_that_is_left_writes_nothing_and_says_so_in_one_line(
    cli: Cli, workspace: Path, left: str, key: str
) -> None:
    questions = [EXAMPLE, FEATURES, WHAT]
    before = [(question, ENTER) for question in questions[: questions.index(left)]]
    code, shown = on_terminal(cli, *NEW, cwd=workspace, keys=[*before, (left, key)])
    assert code == 130, shown
    assert shown.count("error: ") == 1
    assert INTERRUPTED in shown
    assert not (workspace / "services/users-data").exists()


@pytest.mark.parametrize(
    ("flags", "env"),
    [(("--defaults",), {}), (("--dry-run",), {}), (("--json",), {}), ((), {"TERM": "dumb"})],
)
def test_flags_and_terminals_that_cannot_draw_mean_no_questions(
    cli: Cli, workspace: Path, flags: tuple[str, ...], env: dict[str, str]
) -> None:
    code, shown = on_terminal(cli, *NEW, *flags, cwd=workspace, env=env)
    assert code == 0, shown
    assert "press Enter" not in shown


def test_questions_have_no_colour_where_none_is_wanted(cli: Cli, workspace: Path) -> None:
    keys = [(EXAMPLE, "\x03")]
    _, shown = on_terminal(cli, *NEW, cwd=workspace, keys=keys, env={"NO_COLOR": "1"})
    assert not re.findall(r"\x1b\[[0-9;]*3[0-9][0-9;]*m", shown), shown


@pytest.mark.parametrize(
    ("env", "colours"), [({}, ["32"]), ({"NO_COLOR": "1"}, []), ({"TERM": "dumb"}, [])]
)
def test_colour_follows_the_terminal_and_no_color(
    cli: Cli, workspace: Path, env: dict[str, str], colours: list[str]
) -> None:
    cli("sync", cwd=workspace).ok()
    _, shown = on_terminal(cli, "doctor", cwd=workspace, env=env)
    assert re.findall(r"\x1b\[(3[12])m", shown)[:1] == colours, shown
