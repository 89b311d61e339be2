"""Every subject is in exactly one shard, whichever machine asks."""

import pytest

from generator.errors import UsageError
from generator.verification.shards import Shard, parse_shard

NAMES = ["shared", *(f"service-{number}" for number in range(500))]


@pytest.mark.parametrize("count", [1, 2, 7, 40, 600])
def test_each_name_is_in_one_shard_and_no_shard_has_much_more_than_another(count: int) -> None:
    shards = [Shard(number=number, count=count).select(NAMES) for number in range(1, count + 1)]
    assert sorted(name for shard in shards for name in shard) == sorted(NAMES)
    others = [len(shard) for shard in shards if "shared" not in shard]
    assert max(others, default=0) - min(others, default=0) <= 1


def test_the_split_hangs_on_the_names_alone() -> None:
    shard = parse_shard("2/3")
    assert shard.select(NAMES) == shard.select(reversed(NAMES))
    assert parse_shard("") == Shard()
    assert Shard().select(NAMES) == frozenset(NAMES)


@pytest.mark.parametrize("text", ["0/3", "4/3", "1/0", "1", "a/b", "1/2/3", "-1/2", "1/99999"])
def test_what_is_no_shard_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UsageError, match="There is no shard"):
        parse_shard(text)
