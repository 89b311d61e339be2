"""An error is format_error on one short line."""

from __future__ import annotations

from shared.messaging.consuming.settling import format_error


def test_an_error_is_told_on_one_short_line() -> None:
    assert format_error(LookupError()) == "LookupError"
    assert len(format_error(LookupError("long\n" * 1000))) == 500
