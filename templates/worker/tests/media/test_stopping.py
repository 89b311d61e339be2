"""A worker that is stopped or killed in mid-work: the task takes effect once."""

import asyncio
import signal

from shared.contracts.media import MEDIA_PROCESS, ProcessMedia
from shared.messaging.publishing import Messaging
from shared.messaging.status import State
from shared.testing.provider import Provider, hanging
from tests.media.files import Files
from tests.support.processes import served
from tests.support.sender import outcome, wait_for_state


async def test_sigterm_in_mid_work_lets_it_finish(
    sender: Messaging, files: Files, provider: Provider, original: str
) -> None:
    file, going_on = files.add(), asyncio.Event()
    async with served() as (running, _):
        provider.fault = hanging(going_on)
        payload = ProcessMedia(file_id=file["id"], blob=original)
        task_id = await sender.tasks.enqueue(MEDIA_PROCESS, payload)
        await wait_for_state(sender, task_id, State.RUNNING)
        running.send_signal(signal.SIGTERM)
        provider.fault = None
        going_on.set()
        async with asyncio.timeout(60):
            assert await running.wait() == 0
    status = await outcome(sender, task_id)
    assert (status.state, file["version"]) == (State.DONE, 2)


async def test_kill_9_in_mid_work_has_another_worker_do_it_once(
    sender: Messaging, files: Files, provider: Provider, original: str
) -> None:
    file, never = files.add(), asyncio.Event()
    async with served() as (running, _):
        provider.fault = hanging(never)
        payload = ProcessMedia(file_id=file["id"], blob=original)
        task_id = await sender.tasks.enqueue(MEDIA_PROCESS, payload)
        await wait_for_state(sender, task_id, State.RUNNING)
        running.kill()
        await running.wait()
    provider.fault = None
    never.set()
    async with served():
        status = await outcome(sender, task_id)
    assert (status.state, file["version"]) == (State.DONE, 2)
