"""The report that is made by night is of the day before."""

from datetime import UTC, date, datetime, timedelta, timezone

from app.analytics.nightly import of_the_day_before


def test_it_is_of_the_day_before_in_utc() -> None:
    assert of_the_day_before(datetime(2026, 3, 1, 0, 10, tzinfo=UTC)).day == date(2026, 2, 28)
    east = timezone(timedelta(hours=2))
    assert of_the_day_before(datetime(2026, 3, 1, 1, tzinfo=east)).day == date(2026, 2, 27)
