"""A link that cannot work is named at once."""

from __future__ import annotations

import pytest

from shared.errors import ConfigurationError
from tests.support.front import KEY, link


@pytest.mark.parametrize(
    ("url", "key", "line"),
    [
        ("", KEY, "DATA_SERVICE_URL is missing, e.g. DATA_SERVICE_URL=http://users-data:8000"),
        ("users-data:8000", KEY, "DATA_SERVICE_URL is not valid: not of the form"),
        ("http://", KEY, "DATA_SERVICE_URL is not valid: not of the form"),
        ("http://h:99999", KEY, "DATA_SERVICE_URL is not valid"),
        ("http://[", KEY, "DATA_SERVICE_URL is not valid"),
        ("http://u:hush@h", KEY, "DATA_SERVICE_URL is not valid: has more than"),
        ("http://h?a=1", KEY, "DATA_SERVICE_URL is not valid: has more than"),
        ("http://h", "hush", "DATA_SERVICE_API_KEY is not valid"),
        ("http://h", "", "DATA_SERVICE_API_KEY is missing"),
    ],
)
def test_a_link_that_cannot_work_is_named_at_once(
    monkeypatch: pytest.MonkeyPatch, url: str, key: str, line: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        link(monkeypatch, url, key)

    assert str(caught.value).startswith(line)
    assert "hush" not in str(caught.value)
