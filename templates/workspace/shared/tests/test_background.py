"""What runs in the background ends when it is told to, however it handles being cancelled."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import pytest
from anyio import fail_after

from shared.background import BackgroundTask, cancel_all, running
from shared.testing import logged

if TYPE_CHECKING:
    from shared.settings import ServiceSettings

STEPS = 200


async def swallow() -> None:
    """Do what a loop over `asyncio.wait_for` does on Python 3.11, on each Python there is."""
    while True:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0)
        await asyncio.sleep(0.001)


async def test_a_loop_that_swallows_a_cancellation_ends_whenever_it_is_stopped() -> None:
    for step in range(STEPS):
        task = BackgroundTask(swallow)
        for _ in range(step):
            await asyncio.sleep(0)
        with fail_after(60):
            await task.stop()
            await task.stop()


async def test_tasks_are_cancelled_until_all_have_ended() -> None:
    tasks = [asyncio.create_task(swallow()) for _ in range(5)]
    await asyncio.sleep(0)
    with fail_after(60):
        await cancel_all(tasks)
    assert all(task.cancelled() for task in tasks)
    await cancel_all(tasks)
    await cancel_all([])


async def test_what_ends_by_itself_in_the_grace_time_is_not_cancelled() -> None:
    told, ended = asyncio.Event(), asyncio.Event()

    async def end_when_told() -> None:
        await told.wait()
        await asyncio.sleep(0.05)
        ended.set()

    task = BackgroundTask(end_when_told)
    told.set()
    await task.stop(grace_seconds=5)
    assert ended.is_set()


async def test_what_does_not_end_in_the_grace_time_is_cancelled() -> None:
    task = BackgroundTask(asyncio.Event().wait)
    with fail_after(60):
        await task.stop(grace_seconds=0.01)


async def test_it_runs_as_long_as_the_block_and_leaves_the_blocks_error_alone() -> None:
    seen: list[str] = []

    async def note(text: str) -> None:
        seen.append(text)
        await asyncio.Event().wait()

    async def fail_beside_it() -> None:
        async with running(partial(note, "running")):
            await asyncio.sleep(0)
            raise LookupError

    with pytest.raises(LookupError):
        await fail_beside_it()
    assert seen == ["running"]


async def test_a_failure_is_logged_when_it_happens_and_not_raised(
    settings: ServiceSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail() -> None:
        raise LookupError("on purpose")

    with logged(settings):
        async with running(fail):
            await asyncio.sleep(0)
            assert "on purpose" in capsys.readouterr().out
