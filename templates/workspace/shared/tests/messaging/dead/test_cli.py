"""The command `dlq`, as people and programs use it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from shared.testing.ports import free_port
from tests.support.dlq import dlq

if TYPE_CHECKING:
    from shared.messaging.settings import TaskSettings
    from tests.messaging.dead.conftest import Dead

WRONG = [
    ["purge"],
    ["replay"],
    ["list", "--queue", "other"],
    ["list", "--older", "soon"],
    ["list", "--limit", "0"],
]


async def test_people_see_columns_and_counts(dead: Dead, tasks: TaskSettings) -> None:
    await dead.bury(["a", "b"], error="E: \x1b[2J")
    await dead.bury(["c"], reason="invalid-json")

    code, out, err = await dlq(dead, tasks, "list")

    assert (code, err) == (0, "")
    assert out.split()[:7] == ["ID", "QUEUE", "NAME", "REASON", "ATTEMPT", "DIED", "ERROR"]
    assert out.splitlines()[-1] == "3 dead letters (invalid-json 1, permanent 2)"
    assert "\x1b" not in out
    assert 'payload:\n{"text":"a"}\n' in (await dlq(dead, tasks, "show", "a"))[1]
    trial = await dlq(dead, tasks, "purge", "--reason", "permanent", "--dry-run")
    assert trial[1] == f"{dead.queue}: 2 would be purged (permanent 2)\n"
    assert (await dlq(dead, tasks, "show", "none"))[0] == 1


async def test_programs_get_json_with_a_version(dead: Dead, tasks: TaskSettings) -> None:
    await dead.bury(["a", "b"])

    code, out, _ = await dlq(dead, tasks, "purge", "--id", "a", "--yes", "--json")

    assert (code, json.loads(out)) == (
        0,
        {
            "schema": 1,
            "command": "purge",
            "dry_run": False,
            "matched": 1,
            "by_queue": {dead.queue: {"permanent": 1}},
        },
    )
    listed = json.loads((await dlq(dead, tasks, "list", "--json"))[1])
    assert [each["id"] for each in listed["letters"]] == ["b"]
    assert (await dlq(dead, tasks, "replay", "--id", "a", "--json"))[0] == 1


@pytest.mark.parametrize("arguments", WRONG)
async def test_what_makes_no_sense_is_refused(
    dead: Dead, tasks: TaskSettings, arguments: list[str]
) -> None:
    code, out, err = await dlq(dead, tasks, *arguments)
    assert (code, out) == (2, "")
    assert "error: " in err


async def test_a_broker_that_is_away_is_told_in_one_line(dead: Dead, tasks: TaskSettings) -> None:
    away = f"amqp://guest:guest@127.0.0.1:{free_port()}/"
    answer = await dlq(dead, tasks, "list", AMQP_URL=away)
    assert answer == (6, "", "dlq: the message broker cannot be reached\n")
