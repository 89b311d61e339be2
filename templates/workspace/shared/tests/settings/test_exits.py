"""A configuration error ends the process without a traceback."""

from __future__ import annotations

import pytest

from shared.settings import exit_on_configuration_error
from tests.support.settings import load


def test_the_process_exits_with_2_and_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught, exit_on_configuration_error():
        load(monkeypatch, SERVICE_NAME="")

    assert caught.value.code == 2
    assert capsys.readouterr() == ("", "SERVICE_NAME is missing, e.g. SERVICE_NAME=users-data\n")
