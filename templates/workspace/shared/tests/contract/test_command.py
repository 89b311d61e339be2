"""The command that checks recorded calls."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from shared.testing.contract.__main__ import main
from tests.contract.examples import USER, call

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_finding_is_printed_once_and_is_exit_code_1(openapi: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls.jsonl"
    for path in ("/me", "/you", "/you"):
        call("GET", path, got=USER).append_to(calls)
    command = [sys.executable, "-m", "shared.testing.contract", str(calls), str(openapi)]

    done = subprocess.run(command, check=False, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("GET /api/v1/users/{user_id}: path user_id: ")
    assert done.stdout.count("\n") == 1


def test_what_is_as_agreed_is_exit_code_0(
    openapi: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = tmp_path / "calls.jsonl"
    call("GET", "/me", got=USER).append_to(calls)

    assert main(str(calls), str(openapi)) == 0
    assert capsys.readouterr().out == ""
