"""Errors are a line of cause and one of cure for people, JSON for programs, and a code for both."""

import json
from pathlib import Path

import pytest

from tests.support.cli import Cli


@pytest.mark.parametrize(
    ("words", "code", "word"),
    [
        (("list", "--json", "--workspace", "/"), 2, "not-a-workspace"),
        (("list", "--json", "--nonsense"), 2, "usage"),
        (("nonsense", "--json"), 2, "usage"),
        (("init", "--json", "../x"), 2, "name-refused"),
        (("init", "--json", "shop", "--data", "nonsense=1"), 2, "answer-refused"),
    ],
)
def test_an_error_is_json_where_json_was_asked_for(
    cli: Cli, tmp_path: Path, words: tuple[str, ...], code: int, word: str
) -> None:
    outcome = cli(*words, cwd=tmp_path).failed(code)
    error = json.loads(outcome.stdout)["error"]
    assert error["code"] == word
    assert set(error) == {"code", "message", "hint"}
    assert f"error: {error['message']}" in outcome.stderr


def test_a_defect_of_ours_is_told_from_findings(
    cli: Cli, workspace: Path, defect: dict[str, str]
) -> None:
    outcome = cli("sync", "--json", cwd=workspace, env=defect).failed(70)
    assert outcome.json()["error"]["code"] == "defect"
