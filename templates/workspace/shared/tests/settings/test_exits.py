"""A configuration error ends the process, and gives no secret away."""

from __future__ import annotations

import pytest

from shared.settings import (
    exit_on_configuration_error,
)
from tests.support.settings import failure, load


@pytest.mark.parametrize("keys", ["hush", "a=hush,b", "a=x,hush", "a=hush,a=hush", "=hush"])
def test_a_secret_is_never_in_the_error(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    lines = failure(monkeypatch, API_KEYS=keys, DATABASE_URL="hush://hush")

    assert [line.split()[0] for line in lines] == ["DATABASE_URL", "API_KEYS"]
    assert "hush" not in "".join(lines)


def test_the_process_exits_with_2_and_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught, exit_on_configuration_error():
        load(monkeypatch, SERVICE_NAME="")

    assert caught.value.code == 2
    assert capsys.readouterr() == ("", "SERVICE_NAME is missing, e.g. SERVICE_NAME=users-data\n")
