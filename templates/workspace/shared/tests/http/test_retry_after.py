"""A provider may say how long to wait, as a number or as a date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.support.answers import PROBLEM, error_from


@pytest.mark.parametrize(
    ("header", "member", "seconds"),
    [
        ("3", 9, 3),
        ("0.25", None, 0.25),
        ("", 9, 9),
        ("soon", 1.5, 1.5),
        ("-3", "9\r\nX: 1", None),
        ("", -1, None),
        ("9" * 5000, None, None),
        ("Sun, 06 Nov 1994 08:49:37 GMT", None, 0),
        ("Sun, 06 Nov 1994 08:49:37 -0000", None, 0),
    ],
)
def test_the_time_to_wait_is_a_number_or_a_date(
    header: str, member: object, seconds: float | None
) -> None:
    found = error_from(503, {"retry_after": member}, Retry_After=header)

    assert found.extensions.get("retry_after") == seconds


def test_a_date_to_come_is_so_many_seconds_away() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    found = error_from(429, PROBLEM, Retry_After=later)

    assert 58 < float(found.headers()["Retry-After"]) <= 60
