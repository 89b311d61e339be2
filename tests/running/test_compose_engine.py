"""`up --compose` says the right words to Docker; a stand-in plays it, for no engine is here."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.running.support import Shop, wait_until

# What it is asked goes into a file; what it answers is what the test says.
_STAND_IN = """#!/bin/sh
echo "$PWD: $*" >> {calls}
case "$*" in
{answers}
esac
"""
# It ends by the signal that it gets, as the real one does.
FOLLOW = '"compose logs --follow"*) echo following; exec sleep 600;;'
UP = "compose up --build --detach"
WAIT = f"{UP} --wait --wait-timeout 300"
DOWN = "compose down --timeout 60"
ASKED = ["compose version", "info"]


class Engine:
    """A `docker` on PATH, and what it was asked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._calls = folder / "calls"
        self.answer()

    def answer(self, *answers: str) -> None:
        """Answer so, and with success to everything else."""
        program = self._folder / "docker"
        program.write_text(_STAND_IN.format(calls=self._calls, answers="\n".join(answers)))
        program.chmod(0o755)

    @property
    def path(self) -> str:
        return f"{self._folder}:{os.environ['PATH']}"

    def asked(self, root: Path) -> list[str]:
        """What it was asked, always in the workspace's root."""
        lines = self._calls.read_text().splitlines() if self._calls.exists() else []
        assert all(line.startswith(f"{root}: ") for line in lines), lines
        return [line.removeprefix(f"{root}: ") for line in lines]


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    folder = tmp_path / "bin"
    folder.mkdir()
    made = Engine(folder)
    monkeypatch.setenv("PATH", made.path)
    return made


@pytest.fixture
def made(shop: Shop, port: int) -> Shop:
    shop.add("users-api", port)
    return shop


def test_until_ready_builds_waits_and_leaves_them_running(made: Shop, engine: Engine) -> None:
    outcome = made("up", "--compose", "--until-ready").ok()
    assert engine.asked(made.root) == [*ASKED, WAIT]
    assert "generator down --compose" in outcome.stderr
    assert made.record() is None


def test_detached_it_does_not_wait(made: Shop, engine: Engine) -> None:
    made("up", "--compose", "--detach", "users-api").ok()
    assert engine.asked(made.root) == [*ASKED, f"{UP} users-api"]


def test_down_ends_the_containers_and_leaves_their_volumes(made: Shop, engine: Engine) -> None:
    made("down", "--compose").ok()
    assert engine.asked(made.root) == [*ASKED, DOWN]


def test_it_works_from_any_folder_of_the_workspace(made: Shop, engine: Engine) -> None:
    folder = made.root / "services/users-api"
    made.cli("up", "--compose", "--until-ready", cwd=folder).ok()
    assert engine.asked(made.root) == [*ASKED, WAIT]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_in_the_foreground_it_follows_and_ends_what_it_has_started(
    made: Shop, engine: Engine, number: signal.Signals
) -> None:
    engine.answer(FOLLOW)
    with subprocess.Popen(
        made.cli.command("up", "--compose", "users-api"),
        cwd=made.root, env=made.cli.env(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as up:  # fmt: skip
        following = "compose logs --follow users-api"
        wait_until(lambda: following in engine.asked(made.root))
        assert up.stdout
        # Its signals are passed on from here.
        assert up.stdout.readline() == "following\n"
        up.send_signal(number)
        said = up.communicate(timeout=60)
    assert up.returncode == 130, said
    assert engine.asked(made.root) == [*ASKED, f"{WAIT} users-api", following, DOWN]
    assert "Stopping" in said[1]


def test_what_does_not_get_healthy_is_shown_and_taken_down(made: Shop, engine: Engine) -> None:
    engine.answer(
        '"compose up"*) exit 1;;', '"compose logs"*) echo "users-api-1 | no such table";;'
    )
    failed = made("up", "--compose").failed(1)
    assert engine.asked(made.root) == [
        *ASKED, WAIT, "compose logs --no-color --tail 50", DOWN
    ]  # fmt: skip
    assert "users-api-1 | no such table" in failed.stdout
    assert "did not get healthy: docker compose ended with exit code 1" in failed.stderr


def test_containers_that_cannot_be_ended_are_said(made: Shop, engine: Engine) -> None:
    engine.answer('"compose down"*) exit 17;;')
    failed = made("down", "--compose").failed(1)
    assert "could not be ended: docker compose ended with exit code 17" in failed.stderr


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (None, "There is no docker on this machine."),
        ('"compose version") exit 1;;', "The docker of this machine has no Compose."),
        ("info) exit 1;;", "no engine answers it"),
    ],
)
@pytest.mark.parametrize("words", [("up", "--compose"), ("down", "--compose")])
def test_without_an_engine_it_is_refused_with_the_way_that_needs_none(
    made: Shop, engine: Engine, answers: str | None, said: str, words: tuple[str, ...]
) -> None:
    env = {}
    if answers is None:
        env = {"PATH": str(made.root)}
    else:
        engine.answer(answers)
    refused = made.cli(*words, cwd=made.root, env=env).failed(6)
    assert said in refused.stderr
    assert "generator up" in refused.stderr
    assert set(engine.asked(made.root)) <= set(ASKED)


@pytest.mark.parametrize(
    "option",
    ["--fresh", "--watch", "--fake-telegram", "--quiet", "--json", "--fetch", "--only=users-api"],
)
def test_what_is_for_processes_is_refused(made: Shop, engine: Engine, option: str) -> None:
    refused = made("up", "--compose", option).failed(2)
    said = refused.stdout if option == "--json" else refused.stderr
    assert f"{option.partition('=')[0]} is for processes" in said
    assert engine.asked(made.root) == []


def test_names_that_are_no_service_are_refused_before_docker_is_asked(
    made: Shop, engine: Engine
) -> None:
    made("up", "--compose", "nobody").failed(2)
    assert engine.asked(made.root) == []


def test_a_system_that_runs_as_processes_has_the_ports(made: Shop, engine: Engine) -> None:
    with made.running() as up:
        up.wait()
        refused = made("up", "--compose").failed(3)
        assert "is up already" in refused.stderr
        assert engine.asked(made.root) == []
