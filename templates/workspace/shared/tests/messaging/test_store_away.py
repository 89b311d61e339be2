"""Without the store no task runs, and none is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from shared.errors import UnavailableError
from shared.testing.proxy import proxy
from tests.support.messages import Note, RecordingHandler, note_task
from tests.support.sides import side

if TYPE_CHECKING:
    from shared.messaging.settings import TaskSettings


async def test_a_task_waits_for_the_store_and_that_is_no_attempt(
    tasks: TaskSettings, queue: str
) -> None:
    recording, task = RecordingHandler(), note_task(queue)
    address = urlsplit(tasks.redis_url.get_secret_value())
    async with proxy(address.hostname or "", address.port or 6379) as between:
        netloc = f"{address.netloc.rpartition('@')[0]}@127.0.0.1:{between.port}".lstrip("@")
        url = SecretStr(address._replace(netloc=netloc).geturl())
        async with side(tasks.model_copy(update={"redis_url": url})) as one:
            await one.consume_notes(recording, task)
            await between.cut()
            untracked = note_task(queue, track=False)
            await one.messaging.tasks.enqueue(untracked, Note(text="a"))
            with pytest.raises(UnavailableError):
                await one.consuming.ping()
            with pytest.raises(UnavailableError):
                await one.messaging.tasks.enqueue(task, Note(text="b"))
            assert recording.calls == []

            await between.join()

            await recording.reach(1)
            assert recording.calls[0][1].attempt == 1
            await one.hold(f"tasks.{queue}", 0)
