"""`verify --system` starts a system of its own, finds what it loses and leaves nothing behind."""

import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tests.running.support import Shop, environment_of, wait_until
from tests.support.checkout import PROJECT
from tests.support.cli import Outcome

INTERFACE = "src/shared/testing/system.py"
KEEPER = Path(__file__).with_name("keeper.py")
_LIBRARY = """
[project]
name = "shared"
version = "0"
requires-python = ">=3.11"
dependencies = ["httpx2", "pytest", "pytest-timeout"]
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[tool.hatch.build.targets.wheel]
packages = ["src/shared"]
"""
LOSSES = """
from shared.testing.system import System, wait_for

def test_what_is_accepted_is_kept(system: System, victim: str) -> None:
    with system.services["keeper"].client() as client:
        accepted = [n for n in range(5) if client.post(f"/work/{victim}-{n}").status_code == 202]
        system.kill(victim)
        system.wait_until_ready()
        kept = client.get("/").json()
        missing = [n for n in accepted if f"{victim}-{n}" not in kept]
    assert not missing, f"accepted and lost: {missing}"
"""
HANGS = """
import threading
from shared.testing.system import System

def test_hangs(system: System) -> None:
    system.tell("it hangs")
    threading.Event().wait()
"""


@pytest.fixture
def checked(shop: Shop) -> Shop:
    """A workspace with what scenarios are played with."""
    library = shop.root / "shared"
    (library / INTERFACE).parent.mkdir(parents=True)
    shutil.copy(PROJECT / "templates/workspace/shared" / INTERFACE, library / INTERFACE)
    (library / "pyproject.toml").write_text(_LIBRARY)
    project = shop.root / "pyproject.toml"
    project.write_text(project.read_text().replace('["services/*"]', '["shared", "services/*"]'))
    (shop.root / "scenarios").mkdir()
    return shop


def add_service(shop: Shop, port: int, *behaviour: str, name: str = "items-data") -> None:
    """Add a service that is told in a system check what else only `.env` says."""
    shop.add(name, port, *behaviour)
    settings = shop.root / "services" / name / "scenarios/service.env"
    settings.parent.mkdir()
    settings.write_text("SOME_API_KEY=made-up\nINBOX=${INBOX_URL}/here\n")


def add(shop: Shop, name: str, text: str) -> None:
    """Add a file of scenarios to the workspace."""
    (shop.root / "scenarios" / f"{name}.py").write_text(text)


def red(outcome: Outcome) -> Outcome:
    """A check that ended with findings, and no traceback of ours."""
    assert outcome.code == 1, outcome.stderr
    assert "Traceback" not in outcome.stderr
    return outcome


def left_over(shop: Shop) -> list[str]:
    """The processes that have to do with the workspace."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = path.read_bytes().decode(errors="replace").replace("\0", " ")
            if str(shop.root) in words:
                found.append(words)
    return found


def test_own_scenarios_are_played_beside_a_running_system_and_nothing_is_left(
    checked: Shop, port: int
) -> None:
    add_service(checked, port)
    add(
        checked,
        "hello",
        """
from shared.testing.system import System

def test_what_it_is_told_is_its_own(system: System) -> None:
    client = system.services["items-data"].client()
    text = client.get("/env").text
    inbox = text.partition("INBOX=")[2].splitlines()[0]
    client.post(inbox, json={"to": "Ada"}).raise_for_status()
    assert system.posted("here") == [{"to": "Ada"}]
    assert "nobody-is-to-see-this" not in text
    assert "SOME_API_KEY=made-up" in text
""",
    )
    add(checked, "red", "def test_red():\n    assert 1 == 2\n")
    checked("up", "--until-ready").ok()
    before = checked.service("items-data")
    done = red(checked("verify", "--system", "--json", seconds=200)).json()
    rows = {
        (one["name"], each["check"]): each for one in done["subjects"] for each in one["checks"]
    }
    assert {key: each["outcome"] for key, each in rows.items()} == {
        ("system", "start"): "passed",
        ("system", "recovery"): "passed",
        ("hello", "scenario"): "passed",
        ("red", "scenario"): "failed",
    }
    assert rows["red", "scenario"]["reason"].startswith("test_red: assert 1 == 2")
    assert rows["red", "scenario"]["rerun"] == "generator verify --system --only red"
    assert rows["system", "recovery"]["reason"].startswith("1 parts were killed and came back")
    after = checked.service("items-data")
    assert (after.pid, after.restarts, after.state) == (before.pid, 0, "ready")
    assert environment_of(after.url)["SOME_API_KEY"] == "nobody-is-to-see-this"
    assert (checked.root / ".generator/system-logs/items-data.log").exists()
    checked.down()
    assert left_over(checked) == []
    assert not list((checked.root / ".generator").glob("run-*"))


@pytest.mark.parametrize("behaviour", ["honest", "early"])
def test_a_service_that_acknowledges_too_early_is_found_by_killing_it(
    checked: Shop, port: int, behaviour: str
) -> None:
    add_service(checked, port, behaviour, name="keeper")
    shutil.copy(KEEPER, checked.root / "services/keeper/tiny.py")
    add(checked, "losses", LOSSES)
    done = checked("verify", "--system", "--only", "losses", seconds=200)
    if behaviour == "early":
        assert "accepted and lost: [0, 1, 2, 3, 4]" in red(done).stdout
    else:
        done.ok()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_whichever_way_it_ends_no_process_is_left(
    checked: Shop, port: int, number: signal.Signals
) -> None:
    add_service(checked, port)
    add(checked, "hangs", HANGS)
    with subprocess.Popen(
        checked.cli.command("verify", "--system"),
        cwd=checked.root, env=checked.cli.env(),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stderr
        for line in process.stderr:
            if "it hangs" in line:
                break
        assert checked.processes()
        process.send_signal(number)
        process.communicate(timeout=100)
    assert process.returncode == (130 if number is signal.SIGINT else -number)
    wait_until(lambda: not left_over(checked) and not checked.processes())


def test_what_makes_no_sense_is_said_in_one_line(checked: Shop, port: int) -> None:
    assert "There is no service yet." in checked("verify", "--system").failed(2).stderr
    checked.add("bare", port)
    bare = checked("verify", "--system").failed(6)
    assert "bare cannot be started: SOME_API_KEY is missing." in bare.stderr
    assert "services/bare/scenarios/service.env" in bare.stderr
    shutil.rmtree(checked.root / "services/bare")
    add_service(checked, port)
    add(checked, "hello", "def test_it():\n    pass\n")
    refused = checked("verify", "--system", "--only", "no-such").failed(2)
    assert "There is no scenario 'no-such'." in refused.stderr
    assert "Scenarios: hello." in refused.stderr
    refused = checked("verify", "--system", "--changed", "HEAD", "--jobs", "2").failed(2)
    assert "--changed, --jobs cannot be used with --system." in refused.stderr


def test_a_service_that_does_not_start_is_one_red_line(checked: Shop, port: int) -> None:
    add_service(checked, port, "exits")
    add(checked, "hello", "def test_it():\n    pass\n")
    done = red(checked("verify", "--system", "--json")).json()
    rows = {
        (one["name"], each["check"]): each for one in done["subjects"] for each in one["checks"]
    }
    assert "ended with exit code 7 before it was ready" in rows["system", "start"]["reason"]
    assert rows["hello", "scenario"]["reason"] == "start did not pass"
    assert checked.processes() == []
