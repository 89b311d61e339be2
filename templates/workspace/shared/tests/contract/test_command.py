"""The command that checks recorded calls."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.contract.examples import USER, call

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "shared.testing.contract", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_the_exit_code_says_whether_all_is_as_agreed(openapi: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls.jsonl"
    call("GET", "/me", got=USER).append_to(calls)
    good = run(calls, openapi)
    call("GET", "/you", got=USER).append_to(calls)
    call("GET", "/you", got=USER).append_to(calls)
    bad = run(calls, openapi)

    assert (good.returncode, good.stdout, good.stderr) == (0, "", "")
    assert bad.returncode == 1
    assert bad.stdout.startswith("GET /api/v1/users/{user_id}: path user_id: ")
    assert bad.stdout.count("\n") == 1


def test_what_cannot_be_read_is_never_as_agreed(openapi: Path, tmp_path: Path) -> None:
    empty, odd = tmp_path / "empty", tmp_path / "odd"
    empty.touch()
    odd.write_text("{}\n")

    for calls, document in (
        (empty, openapi),
        (odd, openapi),
        (tmp_path / "no", openapi),
        (empty, odd),
    ):
        done = run(calls, document)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr
        assert "Traceback" not in done.stderr


def test_two_files_are_asked_for() -> None:
    done = run("one")

    assert done.returncode == 2
    assert "CALLS OPENAPI" in done.stderr
