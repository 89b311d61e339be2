"""A replay that dies in the middle loses nothing."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.messaging.settings import TaskSettings
    from tests.messaging.dead.conftest import Dead
    from tests.support.dead_letters import Raw

# Replays, and is killed when the copy is confirmed and the dead letter is to be acked.
KILLED = """
import asyncio, os, signal, sys
from pydantic import SecretStr
from shared.messaging.dead import Filter, open_dead_letters
from shared.messaging.dead.queues import _Look
from shared.messaging.settings import TaskSettings
from shared.messaging.store import open_store

async def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)

async def main(url, prefix, queue, redis_url):
    settings = TaskSettings(service_name="t", amqp_url=SecretStr(url), messaging_prefix=prefix,
                            redis_url=SecretStr(redis_url))
    async with open_store(settings) as store, open_dead_letters(settings, store) as letters:
        await letters.replay(queue, Filter())

_Look.ack = killed
asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_kill_between_publish_and_ack_loses_nothing(
    dead: Dead, tasks: TaskSettings, raw: Raw
) -> None:
    await dead.add(["m"])
    urls = tasks.amqp_url.get_secret_value(), tasks.redis_url.get_secret_value()
    arguments = (urls[0], tasks.messaging_prefix, dead.queue, urls[1])

    process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, *arguments)

    assert await process.wait() == -signal.SIGKILL
    assert (await raw.take(dead.queue)).message_id == "m"
    assert (await raw.take(f"{dead.queue}.dead")).message_id == "m"
