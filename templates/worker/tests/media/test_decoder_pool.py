"""Each picture has a process to itself, which is bounded and expendable."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.decoder.imaging import Limits, PictureError, Pictures
from app.decoder.protocol import DecoderError
from app.media.decoder_pool import DecoderPool
from shared.errors import UnavailableError
from shared.testing import wait_until
from tests.media.examples import opened, picture


async def process(pool: DecoderPool, content: bytes) -> Pictures:
    """Have the bytes decoded as they come, in chunks."""

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 1000):
            yield content[start : start + 1000]

    return await pool.process(chunks(), len(content))


async def test_a_decoder_serves_one_picture_after_the_other() -> None:
    async with DecoderPool(1, Limits()) as pool:
        made = await asyncio.gather(*(process(pool, picture()) for _ in range(3)))
        with pytest.raises(PictureError, match="can't be read"):
            await process(pool, b"nothing")
        [decoder] = pool._idle
    assert [opened(each.thumbnail.content).size for each in made] == [(320, 240)] * 3
    assert decoder.returncode == 0


async def test_whoever_waits_for_a_decoder_holds_no_bytes() -> None:
    async with DecoderPool(1, Limits()) as pool:
        going_on = asyncio.Event()
        asked: list[int] = []

        async def chunks(number: int) -> AsyncIterator[bytes]:
            asked.append(number)
            await going_on.wait()
            yield picture()

        size = len(picture())
        both = [asyncio.ensure_future(pool.process(chunks(each), size)) for each in range(2)]

        async def first() -> bool:
            return bool(asked)

        await wait_until(first)
        assert asked == [0]
        going_on.set()
        await asyncio.gather(*both)
    assert asked == [0, 1]


async def test_who_is_cut_off_by_a_time_limit_leaves_no_process_behind() -> None:
    async with DecoderPool(1, Limits()) as pool:
        await process(pool, picture())
        [decoder] = pool._idle
        decoder.send_signal(signal.SIGSTOP)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await process(pool, picture())
        async with asyncio.timeout(5):
            assert await decoder.wait() == -signal.SIGKILL
        await process(pool, picture())


async def test_a_decoder_that_is_killed_says_nothing_about_the_picture() -> None:
    async with DecoderPool(1, Limits()) as pool:
        await process(pool, picture())
        [decoder] = pool._idle
        decoder.send_signal(signal.SIGSTOP)
        asking = asyncio.ensure_future(process(pool, picture()))

        async def asked() -> bool:
            return not pool._idle

        await wait_until(asked)
        os.kill(decoder.pid, signal.SIGKILL)
        with pytest.raises(DecoderError, match="SIGKILL"):
            await asking
        await process(pool, picture())


async def test_too_little_memory_says_nothing_about_the_picture() -> None:
    limits = Limits(memory_mib=128, pixels=200_000_000)
    async with DecoderPool(1, limits) as pool:
        with pytest.raises(DecoderError, match="more than 128 MiB"):
            await process(pool, picture(12_000, 12_000, "PNG", "1"))
        await process(pool, picture())


async def test_a_source_that_breaks_off_costs_one_decoder_and_keeps_its_error() -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"some"
        raise UnavailableError("the blob store can't be reached")

    async with DecoderPool(1, Limits()) as pool:
        with pytest.raises(UnavailableError):
            await pool.process(broken(), 1000)
        assert pool._idle == []
        await process(pool, picture())


@pytest.mark.skipif(not Path("/proc/self/oom_score_adj").exists(), reason="Linux only")
async def test_where_memory_is_short_the_kernel_takes_a_decoder_first() -> None:
    async with DecoderPool(1, Limits()) as pool:
        await process(pool, picture())
        [decoder] = pool._idle
        score = await asyncio.to_thread(Path(f"/proc/{decoder.pid}/oom_score_adj").read_text)
    assert score.strip() == "1000"
