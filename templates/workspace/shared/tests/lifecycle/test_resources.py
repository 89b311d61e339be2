"""What is opened is there once, may be stood in for, and is gone after the end."""

from __future__ import annotations

import pytest

from shared.lifecycle import Lifecycle
from tests.support.resources import Cache, Diary, Engine


async def test_opens_once_what_two_features_name(diary: Diary) -> None:
    cache = diary.resource(Cache)

    async with Lifecycle([cache, cache]):
        pass

    assert diary == ["open Cache", "close Cache"]


async def test_an_override_stands_in_for_the_resource_of_its_type(diary: Diary) -> None:
    fake = Cache()
    resources = [diary.resource(Engine, Cache), diary.resource(Cache)]

    async with Lifecycle(resources, {Cache: fake}) as opened:
        assert opened.get(Cache) is fake

    assert diary == ["open Engine", "close Engine"]


async def test_nothing_can_be_had_after_the_end(diary: Diary) -> None:
    lifecycle = Lifecycle([diary.resource(Cache)])
    async with lifecycle:
        assert isinstance(lifecycle.resources.get(Cache), Cache)

    with pytest.raises(LookupError, match="Cache is not opened"):
        lifecycle.resources.get(Cache)
