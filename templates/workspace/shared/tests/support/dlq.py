"""Runs the command `dlq` as a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.messaging.settings import TaskSettings
    from tests.messaging.dead.conftest import Dead

APP = """
import sys
from shared.messaging.consuming import Consumer, TaskHandler
from shared.messaging.dead import run_dead_letters
from shared.messaging.settings import TaskSettings
from tests.support.messages import Notes, note_task
queue = sys.argv[1]
handler = TaskHandler(task=note_task(queue), handle=Notes().handle)
sys.exit(run_dead_letters(sys.argv[2:], TaskSettings, [Consumer(queue=queue, handlers=(handler,))]))
"""


async def dlq(
    dead: Dead, tasks: TaskSettings, *arguments: str, **changed: str
) -> tuple[int, str, str]:
    told = {
        "SERVICE_NAME": "tested",
        "AMQP_URL": tasks.amqp_url.get_secret_value(),
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "MESSAGING_PREFIX": tasks.messaging_prefix,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", APP, dead.queue.removeprefix("tasks."), *arguments),
        env={**os.environ, **told, **changed},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()
