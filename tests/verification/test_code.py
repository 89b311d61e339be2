"""What is wrong in a service's code or suite is found, and the command to see it again is told."""

import dataclasses
import subprocess

import pytest

from generator.verification import Check, Outcome
from tests.verification.support import LIMITS, Shop

pytestmark = pytest.mark.slow

ALL = ("mypy", "pytest", "ruff")
TEST = "tests/test_backend.py"
FAILING = "def test_sum() -> None:\n    assert 1 + 1 == 3\n"
SKIPPED = 'import pytest\n\n\n@pytest.mark.skip(reason="later")\ndef test_it() -> None:\n    pass\n'
ENDED_EARLY = "import os\n\n\ndef test_it() -> None:\n    os._exit(0)\n"
BROKEN_SETUP = (
    "import pytest\n\n\n@pytest.fixture\ndef thing() -> int:\n    raise OSError\n\n\n"
    "def test_it(thing: int) -> None:\n    assert thing\n"
)


@pytest.mark.parametrize(
    ("check", "files", "reason"),
    [
        (Check.LINT, {"src/app/x.py": "import os\n"}, "Found 1 error."),
        (Check.FORMAT, {"src/app/x.py": "x = [1,2]\n"}, "1 file would be reformatted"),
        (Check.TYPES, {"src/app/x.py": 'X: int = "one"\n'}, "Found 1 error"),
        (Check.TYPES, {"src/app/x.py": "def f(x):\n    return x\n"}, "Found 1 error"),
        (Check.TESTS, {"tests/test_x.py": FAILING}, "1 passed, 1 failed, 0 skipped"),
        (Check.TESTS, {TEST: BROKEN_SETUP}, "0 passed, 1 failed"),
        (Check.TESTS, {TEST: ""}, "no test was collected"),
        (Check.TESTS, {TEST: SKIPPED}, "no test was executed"),
        (Check.TESTS, {TEST: ENDED_EARLY}, "without its report"),
        (Check.TESTS, {TEST: "def ("}, "0 passed, 1 failed"),
    ],
)
def test_a_fault_of_the_code_is_found(
    shop: Shop, check: Check, files: dict[str, str], reason: str
) -> None:
    shop.add("code", files, tools=ALL)
    result = shop.check("code", check)[check]
    assert result.outcome is Outcome.FAILED
    assert reason in result.reason
    assert result.rerun == f"generator verify code --only {check}"


def test_the_command_that_ran_can_be_pasted_in_the_root(shop: Shop) -> None:
    shop.add("code", {"tests/test_x.py": FAILING}, tools=ALL)
    results = shop.check("code", Check.TESTS, Check.LINT, Check.FORMAT, Check.TYPES)
    for check, code in {Check.TESTS: 1, Check.LINT: 0, Check.FORMAT: 0, Check.TYPES: 0}.items():
        command = results[check].command
        again = subprocess.run(
            ["sh", "-c", command], cwd=shop.root, capture_output=True, check=False
        )
        assert again.returncode == code, command


def test_settings_cannot_make_lint_change_files(shop: Shop) -> None:
    folder = shop.add(
        "code",
        {"src/app/x.py": "import os\n"},
        tools=ALL,
        edit={"line-length = 100": "fix = true"},
    )
    assert shop.check("code", Check.LINT)[Check.LINT].outcome is Outcome.FAILED
    assert (folder / "src/app/x.py").read_text() == "import os\n"


def test_a_suite_that_hangs_is_stopped_and_its_output_kept(shop: Shop) -> None:
    hanging = (
        "import threading\n\n\ndef test_it() -> None:\n"
        '    print("before", flush=True)\n    threading.Event().wait()\n'
    )
    shop.add("code", {TEST: hanging}, tools=ALL)
    limits = dataclasses.replace(LIMITS, tests=5)
    result = shop.check("code", Check.TESTS, limits=limits)[Check.TESTS]
    assert result.outcome is Outcome.FAILED
    assert "still running after 5 s" in result.reason
    assert "KeyboardInterrupt" in result.output


def test_a_chatty_suite_is_cut_to_its_end(shop: Shop) -> None:
    chatty = (
        "def test_it() -> None:\n    for _ in range(20):\n        print('x' * 100_000)\n"
        "    raise AssertionError('the end')\n"
    )
    shop.add("code", {TEST: chatty}, tools=ALL)
    result = shop.check("code", Check.TESTS)[Check.TESTS]
    assert len(result.output) < 60_000
    assert "left out" in result.output
    assert "the end" in result.output


def test_a_tool_that_is_not_declared_is_not_run_and_counts_under_strict(shop: Shop) -> None:
    shop.add("toolless")
    result = shop.check("toolless", Check.LINT)[Check.LINT]
    assert result.outcome is Outcome.NOT_RUN
    assert result.reason == "ruff is not in its environment: add it to the dev group"


def test_the_suite_sees_no_secret_but_what_it_needs(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = ("AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "UV_INDEX_MINE_PASSWORD", "PIP_PASSWORD")
    for name in secrets:
        monkeypatch.setenv(name, "hunter2hunter2")
    monkeypatch.setenv("SSL_CERT_DIR", "/somewhere/certificates")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    suite = (
        "import os\nimport sys\n\n\ndef test_it() -> None:\n"
        '    print(*os.environ.items(), sep="\\n")\n    assert sys.dont_write_bytecode\n'
    )
    shop.add("code", {TEST: suite}, tools=ALL)
    job = shop.job("code", environment={"DATABASE_URL": "postgresql://u:swordfish@127.0.0.1/x"})
    output = next(r.output for r in shop.report(job).results if r.check is Check.TESTS)
    assert not [name for name in (*secrets, "hunter2hunter2") if name in output]
    assert "swordfish" not in output
    assert "('SSL_CERT_DIR', '/somewhere/certificates')" in output
    assert "postgresql://u:***@127.0.0.1/x" in output
    assert "sys.dont_write_bytecode" in output
    home = shop.workspace.private_dir / "cache/code/home"
    assert f"('HOME', '{home}')" in output
