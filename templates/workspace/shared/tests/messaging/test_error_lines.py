"""An error is told on one short line."""

from __future__ import annotations

from shared.messaging.consuming.failures import told


def test_an_error_is_told_on_one_short_line() -> None:
    assert told(LookupError()) == "LookupError"
    assert len(told(LookupError("long\n" * 1000))) == 500
