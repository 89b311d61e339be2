"""Files of scenarios are played by pytest against a system: green, red, hanging, broken."""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from generator.processes import Processes
from generator.running import Actions, Control
from generator.verification import Outcome, Scenario, Verdict, find_scenarios, play
from generator.workspace import Workspace
from tests.support.checkout import PROJECT

SHARED = PROJECT / "templates/workspace/shared/src"
SERVICE = {
    "name": "items-api",
    "template": "fastapi",
    "features": ["auth", "example"],
    "calls": ["items-data"],
    "url": "http://127.0.0.1:1",
    "operator_key": "",
    "fakes": {},
}


class Parts:
    """A system of one service and one server, which notes what is done to it."""

    def __init__(self) -> None:
        self.killed: list[str] = []
        self.told: list[str] = []
        self.away: list[str] = []

    def kill(self, name: str) -> None:
        if name == "nobody":
            raise KeyError(name)
        self.killed.append(name)

    def actions(self) -> Actions:
        line = '{"message": "asked", "request_id": "one"}'
        return Actions(
            describe=lambda: {"schema": 1, "services": [SERVICE], "servers": ["redis"]},
            kill=self.kill,
            unready=lambda: self.away,
            log=lambda _: [{"moment": "now", "text": line}, {"moment": "now", "text": "no JSON"}],
            tell=self.told.append,
        )


@pytest.fixture
def parts() -> Parts:
    return Parts()


@pytest.fixture
def control(parts: Parts) -> Iterator[Control]:
    with Control() as control:
        control.actions = parts.actions()
        yield control


class Player:
    """Plays the text of a file."""

    def __init__(self, folder: Path, control: Control) -> None:
        self._folder, self._control = folder, control

    def __call__(self, text: str, seconds: float = 60) -> Verdict | None:
        path = self._folder / "scenarios" / "story.py"
        path.parent.mkdir()
        path.write_text(text)
        [scenario] = find_scenarios(Workspace(root=self._folder, name="shop"), [])
        assert (scenario.name, scenario.package) == ("story", "shared")
        with Processes() as processes:
            return self._play(processes, replace(scenario, seconds=seconds))

    def _play(self, processes: Processes, scenario: Scenario) -> Verdict | None:
        variables = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SHARED),
            "SYSTEM_CHECK_URL": self._control.url,
        }
        return play(
            processes,
            scenario,
            venv=Path(sys.prefix),
            environment=variables,
            scratch=self._folder,
        )


@pytest.fixture
def played(tmp_path: Path, control: Control) -> Player:
    return Player(tmp_path, control)


def test_a_scenario_sees_the_system_and_acts_on_it(played: Player, parts: Parts) -> None:
    verdict = played(
        """
import pytest
from shared.testing.system import System, needs, wait_for

pytestmark = needs("fastapi[auth]")

def test_all(system: System) -> None:
    api = system.find("fastapi[auth,example]", calls="items-data")
    assert system.parts == ("items-api", "redis")
    assert system.logged("one") == {"items-api": ["asked"]}
    system.kill(api.name)
    system.wait_until_ready()
    system.tell("it was killed")
    with pytest.raises(RuntimeError, match="there is no POST"):
        system.kill("nobody")
    with pytest.raises(LookupError, match=r"no fastapi here that calls nobody"):
        system.find("fastapi", calls="nobody")
    with pytest.raises(ValueError, match="is no kind"):
        api.fits("fastapi[")
    with pytest.raises(TimeoutError, match="the end did not happen within 0 s"):
        wait_for("the end", lambda: False, 0)
"""
    )
    assert verdict
    assert (verdict.outcome, verdict.reason) == (
        Outcome.PASSED,
        "1 passed, 0 failed, 0 skipped",
    ), verdict.output
    assert (parts.killed, parts.told) == (["items-api"], ["it was killed"])


def test_who_asks_for_a_victim_is_played_once_for_each_part(played: Player, parts: Parts) -> None:
    verdict = played("def test_it(system, victim):\n    system.kill(victim)\n")
    assert verdict
    assert verdict.reason == "2 passed, 0 failed, 0 skipped"
    assert parts.killed == ["items-api", "redis"]


def test_a_red_scenario_is_one_line_and_the_others_are_played(played: Player) -> None:
    verdict = played("def test_bad():\n    assert 1 == 2\ndef test_good():\n    pass\n")
    assert verdict
    assert verdict.outcome is Outcome.FAILED
    assert verdict.reason.startswith("test_bad: assert 1 == 2")
    assert verdict.reason.endswith("(1 passed, 1 failed, 0 skipped)")


def test_what_does_not_heal_names_the_part(played: Player, parts: Parts) -> None:
    parts.away = ["redis"]
    verdict = played("def test_it(system):\n    system.wait_until_ready(0.1)\n")
    assert verdict
    assert "not ready again within 0.1 s: redis" in verdict.reason


def test_a_scenario_that_hangs_has_a_limit_and_the_others_are_played(played: Player) -> None:
    verdict = played(
        "import threading, pytest\n"
        "@pytest.mark.timeout(1)\n"
        "def test_hangs():\n    threading.Event().wait()\n"
        "def test_good():\n    pass\n"
    )
    assert verdict
    assert verdict.outcome is Outcome.FAILED
    assert "test_hangs: Failed: Timeout (>1.0s)" in verdict.reason
    assert verdict.tests
    assert verdict.tests.passed == 1


def test_a_file_that_not_even_a_signal_ends_is_stopped(played: Player) -> None:
    verdict = played(
        "import signal, threading\n"
        "def test_hangs():\n"
        "    for one in (signal.SIGALRM, signal.SIGINT):\n"
        "        signal.signal(one, signal.SIG_IGN)\n"
        "    threading.Event().wait()\n",
        seconds=5,
    )
    assert verdict
    assert (verdict.outcome, verdict.reason) == (
        Outcome.FAILED,
        "still running after 5 s, and was stopped",
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def test_it(:\n", "SyntaxError"),
        ("import no_such_module\n", "No module named 'no_such_module'"),
        ("def helper():\n    pass\n", "it has no scenario: a function test_…"),
        ("def test_it(no_such_fixture):\n    pass\n", "fixture 'no_such_fixture' not found"),
    ],
)
def test_a_broken_file_is_red_in_one_line(played: Player, text: str, reason: str) -> None:
    verdict = played(text)
    assert verdict
    assert verdict.outcome is Outcome.FAILED
    assert reason in verdict.reason + verdict.output
    assert "\n" not in verdict.reason


def test_what_is_about_services_that_are_not_there_is_left_out(
    played: Player, parts: Parts
) -> None:
    text = (
        "from shared.testing.system import needs\n"
        "pytestmark = needs('worker[media]')\n"
        "def test_it():\n    pass\n"
    )
    assert played(text) is None
    assert parts.told == ["test_it is left out: it needs worker[media]"]


def test_helpers_are_no_scenarios(tmp_path: Path) -> None:
    for path in ("scenarios/_help.py", "scenarios/conftest.py", "scenarios/notes.md"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("")
    (tmp_path / "services/items-api/scenarios").mkdir(parents=True)
    (tmp_path / "services/items-api/scenarios/orders.py").write_text("")
    found = find_scenarios(Workspace(root=tmp_path, name="shop"), ["items-api", "items-data"])
    assert [(one.name, one.package) for one in found] == [("items-api/orders", "items-api")]


def test_only_who_knows_the_url_may_act_and_services_may_only_post(control: Control) -> None:
    secret = control.url.rpartition("/")[2]
    inbox = control.inbox_url.rpartition("/")[2]
    assert control.answer("GET", f"/{inbox}/system", b"")[0] == 404
    assert control.answer("POST", f"/{inbox}/kill/items-api", b"{}") == (200, {})
    assert control.answer("GET", "/guessed/system", b"")[0] == 404
    status, posts = control.answer("GET", f"/{secret}/inbox", b"")
    assert (status, posts) == (200, [{"path": "kill/items-api", "body": {}}])
