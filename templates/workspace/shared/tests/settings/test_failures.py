"""A missing or malformed variable is named, with an example and without its value."""

from __future__ import annotations

import pytest

from tests.support.settings import failure


def test_every_missing_variable_has_a_line_with_an_example(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert failure(monkeypatch, SERVICE_NAME="", DATABASE_URL="") == [
        "SERVICE_NAME is missing, e.g. SERVICE_NAME=users-data",
        "DATABASE_URL is missing, e.g. DATABASE_URL=postgresql://app:secret@localhost/app",
    ]


def test_a_malformed_variable_has_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = failure(monkeypatch, PORT="x", LOG_LEVEL="loud", SIZES="1,2")

    assert lines == ['error parsing value for field "sizes" from source "EnvSettingsSource"']
    level, port = failure(monkeypatch, PORT="x", LOG_LEVEL="loud")
    assert port.startswith("PORT is not valid: Input should be a valid integer")
    assert port.endswith(", e.g. PORT=8000")
    assert "LOG_LEVEL" in level
    assert "'DEBUG', 'INFO'" in level


@pytest.mark.parametrize("keys", ["hush", "a=hush,b", "a=x,hush", "a=hush,a=hush", "=hush"])
def test_a_secret_is_never_in_the_error(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    lines = failure(monkeypatch, API_KEYS=keys, DATABASE_URL="hush://hush")

    assert [line.split()[0] for line in lines] == ["DATABASE_URL", "API_KEYS"]
    assert "hush" not in "".join(lines)
