"""Runs the commands of a service with messaging, here or as a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from click.testing import CliRunner

from shared.messaging.commands import Operated

if TYPE_CHECKING:
    import click

    from shared.messaging.settings import TaskSettings

Answer = tuple[int, str, str]

APP = """
import sys
from shared.messaging.commands import Operated, dlq
from shared.messaging.consuming import MessageConsumer, TaskHandler
from shared.messaging.settings import TaskSettings
from tests.support.messages import RecordingHandler, note_task
queue = sys.argv[1]
handler = TaskHandler(task=note_task(queue), handle=RecordingHandler().handle)
consumers = [MessageConsumer(queue=queue, handlers=(handler,))]
dlq(sys.argv[2:], prog_name="dlq", obj=Operated(settings_class=TaskSettings, consumers=consumers))
"""


@dataclass(frozen=True, kw_only=True)
class Given(Operated):
    """A service whose settings are given instead of read, and whose logs stay on."""

    given: TaskSettings

    def settings(self) -> TaskSettings:
        return self.given


async def invoke(command: click.Command, operated: Operated, *arguments: str) -> Answer:
    """Return exit code, stdout and stderr of a command, called where no loop runs."""
    result = await asyncio.to_thread(CliRunner().invoke, command, arguments, obj=operated)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


async def dlq_process(
    queue: str, settings: TaskSettings, *arguments: str, **changed: str
) -> Answer:
    """Run `dlq` for a queue as a process."""
    variables = {
        "SERVICE_NAME": settings.service_name,
        "AMQP_URL": settings.amqp_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "MESSAGING_PREFIX": settings.messaging_prefix,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", APP, queue, *arguments),
        env={**os.environ, **variables, **changed},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()
