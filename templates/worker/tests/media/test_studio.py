"""Each picture has a process to itself, which is bounded and expendable."""

import asyncio
import os
import signal

import pytest

from app.media.limits import Limits
from app.media.pictures import PictureError
from app.media.studio import Studio
from shared.testing import wait_until
from tests.media.examples import opened, picture


async def test_a_process_serves_one_picture_after_the_other() -> None:
    async with Studio(1, Limits()) as studio:
        made = await asyncio.gather(*(studio.process(picture()) for _ in range(3)))
        with pytest.raises(PictureError, match="can't be read"):
            await studio.process(b"nothing")
        [process] = studio._idle
    assert [opened(each.thumbnail.content).size for each in made] == [(320, 240)] * 3
    assert process.returncode == 0


async def test_who_is_cut_off_by_a_time_limit_leaves_no_process_behind() -> None:
    async with Studio(1, Limits()) as studio:
        await studio.process(picture())
        [process] = studio._idle
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await studio.process(picture())
        async with asyncio.timeout(5):
            assert await process.wait() == -signal.SIGKILL
        await studio.process(picture())


async def test_a_picture_that_breaks_its_process_breaks_nothing_else() -> None:
    async with Studio(1, Limits()) as studio:
        await studio.process(picture())
        [process] = studio._idle
        process.send_signal(signal.SIGSTOP)
        asking = asyncio.ensure_future(studio.process(picture()))

        async def asked() -> bool:
            return not studio._idle

        await wait_until(asked)
        os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(PictureError, match="broke the process"):
            await asking
        await studio.process(picture())


async def test_a_picture_that_takes_too_much_memory_is_refused() -> None:
    limits = Limits(memory_mib=256, pixels=200_000_000)
    async with Studio(1, limits) as studio:
        with pytest.raises(PictureError, match="memory"):
            await studio.process(picture(12_000, 12_000, "PNG", "1"))
        await studio.process(picture())
