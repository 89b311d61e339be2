"""What cannot be opened in any order is refused when it is composed."""

from __future__ import annotations

import pytest

from shared.errors import CompositionError
from shared.lifecycle import Lifecycle
from tests.support.resources import Cache, Diary, Engine


def test_a_circle_is_refused_at_build_time(diary: Diary) -> None:
    resources = [diary.resource(Engine, Cache), diary.resource(Cache, Engine)]

    with pytest.raises(CompositionError, match=r"circle: (Engine -> Cache|Cache -> Engine) -> "):
        Lifecycle(resources)


def test_an_unknown_requirement_is_refused_at_build_time(diary: Diary) -> None:
    with pytest.raises(CompositionError, match="Engine requires Cache, which nothing provides"):
        Lifecycle([diary.resource(Engine, Cache)])


def test_twins_are_refused_at_build_time(diary: Diary) -> None:
    with pytest.raises(CompositionError, match="two resources provide Cache"):
        Lifecycle([diary.resource(Cache), diary.resource(Cache)])
