"""Logins have a limit for each address and each place."""

from collections.abc import AsyncIterator

import pytest

from app.auth import limits
from app.auth.errors import TooManyLoginsError
from app.auth.limits import LoginLimits
from app.features import Settings
from app.redis import RedisStore
from tests.support.redis import flaky_redis, redis_store


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[RedisStore]:
    async with redis_store(settings) as opened:
        yield opened


@pytest.fixture
async def gone(settings: Settings) -> AsyncIterator[RedisStore]:
    """Yield a Redis that is away."""
    async with (
        flaky_redis(settings) as (between, moved),
        redis_store(moved) as opened,
    ):
        await between.cut()
        yield opened


async def count(limited: LoginLimits, times: int, email: str = "a", place: str = "p") -> None:
    for _ in range(times):
        await limited.count(email, place)


async def test_all_processes_count_together(store: RedisStore) -> None:
    one, two = (LoginLimits(store, attempts=3, window_seconds=60) for _ in range(2))
    await count(one, 2)
    await count(two, 1)
    with pytest.raises(TooManyLoginsError) as refused:
        await count(one, 1)
    assert 0 < int(refused.value.headers()["Retry-After"]) <= 60
    await count(one, 1, email="b")


async def test_one_place_may_try_for_several_people_but_not_for_all(store: RedisStore) -> None:
    limited = LoginLimits(store, attempts=1, window_seconds=60)
    for number in range(limits.PEOPLE_PER_ADDRESS):
        await count(limited, 1, email=str(number))
    with pytest.raises(TooManyLoginsError):
        await count(limited, 1, email="one more")
    await count(limited, 1, email="from elsewhere", place="q")


async def test_while_redis_is_away_each_process_counts_for_itself(
    gone: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = LoginLimits(gone, attempts=2, window_seconds=60)
    await count(limited, 2)
    with pytest.raises(TooManyLoginsError):
        await count(limited, 1)
    monkeypatch.setattr(limits, "monotonic", lambda: float("inf"))
    await count(limited, 2)


async def test_what_is_counted_here_has_a_limit_too(
    gone: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_WINDOWS", 3)
    limited = LoginLimits(gone, attempts=1, window_seconds=60)
    for number in range(10):
        await count(limited, 1, email=str(number), place=str(number))
    assert len(limited._windows) == 3
