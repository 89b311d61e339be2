"""The command `dlq`, as people and programs use it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from shared.messaging.commands import dlq as command
from shared.messaging.consuming import MessageConsumer, TaskHandler
from shared.testing.processes import free_port
from tests.support.commands import Answer, Given, dlq_process, invoke
from tests.support.messages import RecordingHandler, note_task

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


async def dlq(dead: Dead, tasks: TaskSettings, *arguments: str) -> Answer:
    task = note_task(dead.queue.removeprefix("tasks."))
    handler = TaskHandler(task=task, handle=RecordingHandler().handle)
    consumers = (MessageConsumer(queue=task.queue, handlers=(handler,)),)
    operated = Given(settings_class=type(tasks), consumers=consumers, given=tasks)
    return await invoke(command, operated, *arguments)


async def test_people_see_columns_and_counts(dead: Dead, tasks: TaskSettings) -> None:
    await dead.add(["a", "b"], error="E: \x1b[2J")
    await dead.add(["c"], reason="invalid-json")

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
    await dead.add(["a", "b"])

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
    assert "Error: " in err


async def test_a_page_says_how_many_there_are(dead: Dead, tasks: TaskSettings) -> None:
    await dead.add([f"m{number:03}" for number in range(120)])

    code, out, _ = await dlq(dead, tasks, "list")
    assert (code, len(out.splitlines())) == (0, 103)
    assert out.splitlines()[-1] == "100 of 120 dead letters (permanent 100)"
    listed = json.loads((await dlq(dead, tasks, "list", "--limit", "5", "--json"))[1])
    assert (len(listed["letters"]), listed["there"]) == (5, 120)
    code, out, err = await dlq(dead, tasks, "show", "m119", "--scan", "110")
    assert (code, out) == (1, "no dead letter has this id\n")
    assert err == f"dlq: {dead.queue}: looked at 110 of 120; --scan looks further\n"
    assert (await dlq(dead, tasks, "show", "m119"))[0] == 0


async def test_a_process_answers_in_one_line_when_the_broker_is_away(
    dead: Dead, tasks: TaskSettings
) -> None:
    queue = dead.queue.removeprefix("tasks.")
    assert (await dlq_process(queue, tasks, "list"))[:2] == (0, "0 dead letters\n")
    away = f"amqp://guest:guest@127.0.0.1:{free_port()}/"
    answer = await dlq_process(queue, tasks, "list", AMQP_URL=away)
    assert answer == (6, "", "dlq: the message broker of AMQP_URL did not answer within 5 s\n")
