"""Resources are opened and closed in order, also when something fails."""

from __future__ import annotations

import pytest

from shared.lifecycle import Lifecycle
from tests.support.resources import Cache, Diary, Engine, Session


async def test_opens_what_is_required_first_and_closes_in_reverse(diary: Diary) -> None:
    session = diary.resource(Session, Engine, Cache)
    async with Lifecycle([session, diary.resource(Engine, Cache), diary.resource(Cache)]):
        diary.append("work")

    assert diary == [
        *("open Cache", "open Engine", "open Session", "work"),
        *("close Session", "close Engine", "close Cache"),
    ]


async def test_closes_what_is_open_when_a_later_one_fails_to_open(diary: Diary) -> None:
    lifecycle = Lifecycle([diary.resource(Engine, Cache, fails="opening"), diary.resource(Cache)])

    with pytest.raises(ConnectionError) as caught:
        await lifecycle.__aenter__()

    assert diary == ["open Cache", "close Cache"]
    assert caught.value.__notes__ == ["while opening Engine"]


async def test_closes_the_rest_when_one_fails_to_close(diary: Diary) -> None:
    resources = [diary.resource(Engine, Cache, fails="closing"), diary.resource(Cache)]

    with pytest.raises(ConnectionError):
        async with Lifecycle(resources):
            pass

    assert diary[-1] == "close Cache"
