"""The times of a schedule are those of its time zone's wall clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared.errors import CompositionError
from shared.messaging.schedule import Schedule
from tests.support.messages import Note, note_task

TASK = note_task("q")


def berlin(cron: str, zone: str = "Europe/Berlin") -> Schedule:
    return Schedule(name="s", cron=cron, timezone=zone, task=TASK, payload=Note(text="a"))


def runs(cron: str, first: str, last: str) -> list[str]:
    """Return all times after `first` up to `last`, in UTC."""
    schedule, now = berlin(cron), datetime.fromisoformat(first).replace(tzinfo=UTC)
    found = []
    while (now := schedule.next_run(now)) <= datetime.fromisoformat(last).replace(tzinfo=UTC):
        found.append(f"{now:%d %H:%M}")
    return found


def test_a_time_that_the_clocks_skip_in_spring_comes_when_they_have_been_moved() -> None:
    assert runs("30 2 * * *", "2027-03-26T12:00", "2027-03-29T12:00") == [
        "27 01:30",
        "28 01:00",
        "29 00:30",
    ]


def test_a_time_that_the_clocks_repeat_in_autumn_comes_once() -> None:
    assert runs("30 2 * * *", "2026-10-24T12:00", "2026-10-26T12:00") == ["25 00:30", "26 01:30"]


def test_what_comes_each_half_hour_goes_by_the_time_that_passes() -> None:
    autumn = runs("*/30 * * * *", "2026-10-24T23:40", "2026-10-25T02:00")
    assert autumn == ["25 00:00", "25 00:30", "25 01:00", "25 01:30", "25 02:00"]
    spring = runs("*/30 * * * *", "2027-03-28T00:10", "2027-03-28T01:30")
    assert spring == ["28 00:30", "28 01:00", "28 01:30"]


@pytest.mark.parametrize("cron", ["30 2 * * *", "*/30 * * * *", "0 * * * *", "0 3 * * 0"])
@pytest.mark.parametrize("day", ["2026-10-24", "2027-03-27", "2027-06-01"])
def test_the_latest_time_is_the_last_of_those_that_came_before(cron: str, day: str) -> None:
    schedule = berlin(cron)
    start = datetime.fromisoformat(day).replace(tzinfo=UTC)
    long_ago = start - timedelta(days=30)
    (came,) = schedule.due_runs(long_ago, start)
    for minutes in range(0, 48 * 60, 10):
        now = start + timedelta(minutes=minutes)
        while (following := schedule.next_run(came)) <= now:
            came = following
        assert schedule.due_runs(long_ago, now) == [came], now
        assert schedule.due_runs(came, now) == []


@pytest.mark.parametrize("cron", ["", "every day", "61 * * * *", "0 0 30 2 *"])
def test_an_expression_without_a_time_is_refused(cron: str) -> None:
    with pytest.raises(CompositionError, match="no time that ever comes"):
        berlin(cron)


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "../etc"])
def test_an_unknown_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(CompositionError, match="no time zone"):
        berlin("0 * * * *", zone)


def test_a_task_that_could_run_twice_is_refused() -> None:
    task = note_task("q", track=False)
    with pytest.raises(CompositionError, match="not tracked"):
        Schedule(name="s", cron="0 * * * *", task=task, payload=Note(text="a"))


def test_a_payload_that_is_called_gets_the_due_time_in_the_time_zone() -> None:
    schedule = Schedule(
        name="s",
        cron="0 8 * * *",
        timezone="Europe/Berlin",
        task=TASK,
        payload=lambda due: Note(text=due.isoformat()),
    )

    due = schedule.next_run(datetime(2027, 1, 4, tzinfo=UTC))

    assert schedule.payload_at(due) == Note(text="2027-01-04T08:00:00+01:00")
    assert berlin("0 * * * *").payload_at(due) == Note(text="a")
