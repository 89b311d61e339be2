"""The command line shows what is done when, and for which time it was done last."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from shared.messaging.commands import schedule as command
from shared.messaging.store import open_store
from shared.testing.processes import free_port
from tests.support.commands import Answer, Given, invoke

if TYPE_CHECKING:
    from shared.messaging.schedule import Schedule
    from shared.messaging.settings import TaskSettings

DUE = datetime(2027, 1, 4, 8, tzinfo=UTC)


@pytest.fixture
def berlin(schedule: Schedule) -> Schedule:
    return replace(schedule, timezone="Europe/Berlin", cron="0 9 4 1 *", missed="once")


async def shown(
    arguments: list[str], schedules: tuple[Schedule, ...], settings: TaskSettings
) -> Answer:
    operated = Given(settings_class=type(settings), schedules=schedules, given=settings)
    return await invoke(command, operated, *arguments)


async def done(settings: TaskSettings, schedule: Schedule) -> None:
    async with open_store(settings) as store:
        await store.schedules.done(schedule.name, DUE)
        # What is written late does not turn time back.
        await store.schedules.done(schedule.name, DUE.replace(year=2026))


async def test_a_table_has_next_and_last_run_in_the_time_zone(
    scheduled: TaskSettings,
    schedule: Schedule,
    berlin: Schedule,
) -> None:
    await done(scheduled, berlin)
    never = replace(schedule, name="never")

    code, out, _ = await shown(["list"], (berlin, never), scheduled)

    assert code == 0
    head, first, second = out.splitlines()
    assert head.split()[:2] == ["NAME", "CRON"]
    assert first.endswith("-01-04T09:00:00+01:00  2027-01-04T09:00:00+01:00")
    assert second.startswith("never ")
    assert second.endswith("  -")


async def test_json_has_the_same(scheduled: TaskSettings, berlin: Schedule) -> None:
    await done(scheduled, berlin)

    code, out, _ = await shown(["list", "--json"], (berlin,), scheduled)

    assert code == 0
    (entry,) = json.loads(out)
    assert entry["last_run"] == "2027-01-04T09:00:00+01:00"
    assert (entry["task"], entry["missed"]) == ("note", "once")


async def test_without_the_store_the_next_runs_are_shown_and_one_line_says_so(
    scheduled: TaskSettings, schedule: Schedule
) -> None:
    url = SecretStr(f"redis://127.0.0.1:{free_port()}")
    away = scheduled.model_copy(update={"redis_url": url})

    code, out, err = await shown(["list"], (schedule,), away)

    assert code == 1
    assert err == "schedule: the last runs are not known: the store of tasks cannot be reached\n"
    assert schedule.name in out


async def test_an_unknown_action_is_a_matter_of_usage(
    scheduled: TaskSettings, schedule: Schedule
) -> None:
    assert (await shown(["fire"], (schedule,), scheduled))[0] == 2
