"""A rule gives tasks by one thing that it needs, and is tested without a broker."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from prometheus_client import CollectorRegistry

from shared.errors import ConflictError
from shared.lifecycle import Lifecycle, Resource
from shared.messaging.publishing import TASK_SENDER, TaskSender, messaging_resources
from shared.messaging.settings import TaskSettings
from shared.testing.recorder import SentTasks
from tests.support.messages import Note, RecordingHandler, note_task

if TYPE_CHECKING:
    from shared.messaging.contract import Task
    from tests.support.sides import Side


class Rule:
    def __init__(self, tasks: TaskSender, task: Task[Note]) -> None:
        self._tasks, self._task = tasks, task

    async def apply(self, text: str) -> str:
        return await self._tasks.enqueue(self._task, Note(text=text), idempotency_key="k")


async def test_a_rule_has_tasks_done(one: Side, tasks: TaskSettings, queue: str) -> None:
    recording, task = RecordingHandler(), note_task(queue)
    await one.consume_notes(recording, task)
    rule = Resource(
        provides=Rule, factory=lambda got: Rule(got.get(TaskSender), task), requires=(TaskSender,)
    )
    resources = (*messaging_resources(TaskSettings), TASK_SENDER, rule)
    given = {TaskSettings: tasks, CollectorRegistry: CollectorRegistry()}

    async with Lifecycle(resources, given) as opened:
        assert await opened.get(Rule).apply("a") == await opened.get(Rule).apply("a")

    await recording.reach(1)
    assert recording.texts == ["a"]


async def test_in_tests_of_rules_nothing_is_sent(queue: str) -> None:
    sent, task = SentTasks(), note_task(queue)
    rule = Rule(sent, task)

    assert await rule.apply("a") == await rule.apply("a")
    with pytest.raises(ConflictError):
        await rule.apply("b")
    await sent.enqueue(note_task(queue), Note(text="c"), timedelta(hours=1))

    assert [each.text for each in sent.payloads(task)] == ["a", "c"]
    assert sent.tasks[1].delay == timedelta(hours=1)
