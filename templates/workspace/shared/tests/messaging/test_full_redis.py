"""While Redis takes no writes no task runs, none is lost and none counts as failed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from pydantic import SecretStr
from redis import Redis

from shared.errors import UnavailableError
from shared.messaging.status import State
from tests.support.messages import Note, RecordingHandler, note_task
from tests.support.sides import side

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shared.messaging.settings import TaskSettings


@contextmanager
def refusing(settings: TaskSettings) -> Iterator[tuple[TaskSettings, Callable[[str], None]]]:
    """Yield settings of a user of Redis of our own, and what gives and takes its right to write.

    To a client a Redis that is full looks the same: it answers, and refuses each write.
    """
    url = urlsplit(settings.redis_url.get_secret_value())
    name = uuid4().hex
    with Redis.from_url(url.geturl()) as client:

        def allow(rights: str) -> None:
            client.acl_setuser(
                name, enabled=True, passwords=["+secret"], keys=["*"], categories=rights.split()
            )

        allow("+@all")
        moved = url._replace(netloc=f"{name}:secret@{url.hostname}:{url.port}").geturl()
        try:
            yield settings.model_copy(update={"redis_url": SecretStr(moved)}), allow
        finally:
            client.acl_deluser(name)


async def test_a_redis_that_is_full_keeps_tasks_waiting_and_ready_says_so(
    tasks: TaskSettings, queue: str
) -> None:
    recording, task = RecordingHandler(), note_task(queue)
    with refusing(tasks) as (moved, allow):
        async with side(moved) as one:
            await one.consume_notes(recording, task)
            await one.consuming.ping()
            # As if the sender's Redis had had room for it: an untracked task is not registered.
            allow("-@write")
            sent = note_task(queue, track=False)
            task_id = await one.messaging.tasks.enqueue(sent, Note(text="a"))
            with pytest.raises(UnavailableError):
                await one.consuming.ping()
            with pytest.raises(UnavailableError):
                await one.messaging.tasks.enqueue(task, Note(text="b"))
            await one.hold(f"tasks.{queue}", 0)
            assert recording.calls == []

            allow("+@all")

            await recording.reach(1)
            await one.consuming.close()
            [(text, context)] = recording.calls
            assert (text, context.attempt) == ("a", 1)
            assert await one.state(task_id) is State.DONE
            assert await one.depth(f"tasks.{queue}.dead") == 0
