"""Some of the tests of a rendered suite are run as people type it: a path, or a word of a name."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.checkout import PROJECT

SHARED = PROJECT / "templates/workspace/shared"
# Each of the lines that there are, once.
ADDOPTS = sorted(
    {
        line
        for path in [SHARED / "pyproject.toml", *PROJECT.glob("templates/*/pyproject.toml.jinja")]
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("addopts")
    }
)
UNCOVERED = (
    "def one() -> int:\n    return 1\n\n\ndef two() -> int:\n    first = 2\n    return first\n"
)


@pytest.fixture(params=ADDOPTS)
def suite(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A small suite with the words that a template gives pytest; half of it covers too little."""
    (tmp_path / "pyproject.toml").write_text(
        f'[tool.pytest.ini_options]\ntestpaths = ["tests"]\npythonpath = ["."]\n{request.param}\n'
        '[tool.coverage.run]\nsource_pkgs = ["app"]\n[tool.coverage.report]\nfail_under = 90\n'
    )
    (tmp_path / "app.py").write_text(UNCOVERED)
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "conftest.py").write_text('pytest_plugins = ["shared.testing.limits"]\n')
    for name, value in (("one", 1), ("two", 2)):
        text = f"import app\n\ndef test_{name}() -> None:\n    assert app.{name}() == {value}\n"
        (tests / f"test_{name}.py").write_text(text)
    return tmp_path


def run(suite: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments, "-p", "no:cacheprovider"],
        cwd=suite,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(SHARED / "src")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("arguments", [("tests/test_one.py",), ("-k", "one")], ids=" ".join)
def test_some_of_the_tests_are_run_and_need_not_cover_everything(
    suite: Path, arguments: tuple[str, ...]
) -> None:
    done = run(suite, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_the_whole_suite_has_to_cover_it(suite: Path) -> None:
    assert run(suite).returncode == 0
    (suite / "tests" / "test_two.py").unlink()
    done = run(suite)
    assert done.returncode == 1
    assert "1 passed" in done.stdout
    assert "coverage" in (done.stdout + done.stderr).lower()
