"""A test run that hangs ends red within its limit and says where, wherever it hangs."""

import faulthandler
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shared.testing import limits
from tests.docs.test_docs import FIVE_MINUTES_SECONDS
from tests.support.checkout import PROJECT

SHARED = PROJECT / "templates/workspace/shared/src"
SETTINGS = [
    PROJECT / "pyproject.toml",
    PROJECT / "templates/workspace/shared/pyproject.toml",
    *sorted((PROJECT / "templates").glob("*/pyproject.toml.jinja")),
]
# Goes on whatever is raised: so does a loop that has lost its cancellation.
HANGING = """
import threading, time
import pytest
pytest_plugins = ["shared.testing.limits"]

def planted():
    while True:
        try:
            time.sleep(1000)
        except BaseException:
            pass

@pytest.fixture
def ending():
    yield
    planted()

@pytest.fixture(scope="session")
def ending_with_the_session():
    yield
    planted()
"""
PLACES = {
    "a test": "def test_it():\n    planted()\n",
    "the end of a fixture": "def test_it(ending):\n    pass\n",
    "the end of a session's fixture": "def test_it(ending_with_the_session):\n    pass\n",
    "the exit": "def test_it():\n    threading.Thread(target=planted).start()\n",
}


@pytest.mark.parametrize("place", PLACES)
def test_a_hang_ends_red_and_is_shown(tmp_path: Path, place: str) -> None:
    (tmp_path / "conftest.py").write_text(HANGING)
    text = f"import threading\nfrom conftest import planted\n{PLACES[place]}"
    (tmp_path / "test_hanging.py").write_text(text)
    # The suites' own settings, with seconds instead of minutes.
    words = ("timeout=1", "faulthandler_timeout=2", "faulthandler_exit_on_timeout=true")
    shorter = "import sys, pytest, shared.testing.limits as l; l.EXIT_SECONDS = 2.0; "
    begun = time.monotonic()
    done = subprocess.run(
        [
            *(sys.executable, "-c", f"{shorter}sys.exit(pytest.main(sys.argv[1:]))"),
            *("-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)),
            *(word for each in words for word in ("-o", each)),
        ],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{SHARED}:{tmp_path}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode not in {0, 5}, done.stdout
    assert "in planted" in done.stdout + done.stderr
    assert time.monotonic() - begun < 60


def test_one_of_several_processes_may_wait_for_the_others(
    monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    """A process of pytest-xdist is unconfigured when it has no more tests, and then waits."""
    armed: list[float] = []
    monkeypatch.setattr(
        faulthandler, "dump_traceback_later", lambda seconds, **_: armed.append(seconds)
    )
    monkeypatch.setattr(pytestconfig, "workerinput", {}, raising=False)
    limits.pytest_unconfigure(pytestconfig)
    assert armed == []
    monkeypatch.delattr(pytestconfig, "workerinput")
    limits.pytest_unconfigure(pytestconfig)
    assert armed == [limits.EXIT_SECONDS]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda path: path.parent.name)
def test_every_suite_has_the_limits(settings: Path) -> None:
    lines = settings.read_text(encoding="utf-8").splitlines()
    values = dict(line.split(" = ", 1) for line in lines if " = " in line)
    if "addopts" not in values:
        return
    longest = FIVE_MINUTES_SECONDS if settings.parent == PROJECT else int(values["timeout"])
    assert longest < int(values["faulthandler_timeout"]) <= longest + 30
    assert values["faulthandler_exit_on_timeout"] == "true"
    folder = settings.parent / "tests" / "conftest.py"
    assert "shared.testing.limits" in folder.read_text(encoding="utf-8")
