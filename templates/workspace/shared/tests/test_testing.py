"""What the library offers to the tests of services."""

from __future__ import annotations

import pytest

from shared.testing import wait_until


async def test_waiting_ends_as_soon_as_the_condition_holds() -> None:
    asked: list[int] = []

    async def third_time() -> bool:
        asked.append(1)
        return len(asked) == 3

    await wait_until(third_time)

    assert len(asked) == 3


async def test_waiting_in_vain_says_for_what() -> None:
    async def never() -> bool:
        return False

    with pytest.raises(TimeoutError, match=r"the flag did not happen within 0.05 s"):
        await wait_until(never, timeout_seconds=0.05, what="the flag")
