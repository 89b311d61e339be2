"""Looking at dead letters changes nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aiormq.channel import Channel

from shared.messaging.dead import Filter
from shared.testing import wait_until

if TYPE_CHECKING:
    import pytest

    from tests.messaging.dead.conftest import Dead
    from tests.support.dead_letters import Raw

ALL = Filter()


async def test_looking_again_and_again_changes_nothing(dead: Dead) -> None:
    ids = [f"m{number}" for number in range(30)]
    await dead.add(ids)

    for limit in [None, 7] * 10:
        assert await dead.listed(Filter(limit=limit)) == ids[:limit]

    assert await dead.count() == 30
    assert await dead.count("tasks.none") == 0


async def test_a_page_takes_no_more_messages_than_it_shows(
    dead: Dead, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [f"m{number:03}" for number in range(300)]
    await dead.add(ids)
    taken = []
    real = Channel.basic_get

    async def counted(channel: Channel, queue: str) -> object:
        taken.append(queue)
        return await real(channel, queue)

    monkeypatch.setattr(Channel, "basic_get", counted)

    # Whether somebody has looked further before is told by the first that nobody has looked at.
    for expected in (10, 11, 12):
        assert await dead.listed(Filter(limit=10)) == ids[:10]
        assert len(taken) == expected
        taken.clear()
    found = await dead.letters.list(dead.queue, Filter(limit=10))
    assert (found.there, found.complete) == (300, True)


async def test_what_is_held_has_a_limit_and_what_was_not_looked_at_is_said(dead: Dead) -> None:
    ids = [f"m{number:02}" for number in range(60)]
    await dead.add(ids)
    wanted = Filter(id="m55")

    found = await dead.letters.list(dead.queue, wanted, most=50)
    assert (found.letters, found.looked_at, found.there, found.complete) == ([], 50, 60, False)
    assert (await dead.letters.purge(dead.queue, wanted, most=50)).by_reason == {}

    found = await dead.letters.list(dead.queue, wanted, most=60)
    assert ([each.id for each in found.letters], found.complete) == (["m55"], True)
    assert await dead.listed(Filter()) == ids


async def test_a_dead_letter_is_shown_without_headers_that_may_be_secret(dead: Dead) -> None:
    now = datetime.now(UTC)
    await dead.add(["m"], error="E: why", died_at=now.isoformat(), token="hidden", origin="api")

    found = await dead.show("m")

    assert found is not None
    assert (found.name, found.reason, found.error, found.attempt) == (
        "note",
        "permanent",
        "E: why",
        3,
    )
    assert (found.died_at, found.origin, found.correlation_id) == (now, "api", "c")
    assert (found.payload, found.size) == ('{"text":"a"}', 12)
    assert "hidden" not in repr(found)
    assert await dead.show("other") is None


async def test_what_nobody_here_has_written_is_shown_too(dead: Dead, raw: Raw) -> None:
    await raw.put(f"{dead.queue}.dead", b"\xff" * 9000, "", x_died_at="never", x_attempt="two")

    (found,) = (await dead.letters.list(dead.queue, ALL)).letters

    assert (found.name, found.reason) == ("unknown", "unknown")
    assert (found.attempt, found.died_at, found.size) == (1, None, 9000)
    assert len(found.payload) == 2000
    assert await dead.listed(Filter(before=datetime.now(UTC))) == []


async def test_what_the_broker_gave_up_says_so(dead: Dead, raw: Raw) -> None:
    await raw.put(dead.queue, b"{}", "m", x_task="note")
    queue = await raw.channel.get_queue(raw.names.of(dead.queue))

    async def dropped() -> bool:
        message = await queue.get(fail=False)
        if message is not None:
            await message.nack()
        return await dead.count() == 1

    await wait_until(dropped, what="a dead letter of the broker")

    (found,) = (await dead.letters.list(dead.queue, ALL)).letters
    assert (found.reason, found.id, found.name) == ("delivery_limit", "m", "note")
    assert found.died_at is not None
    age = datetime.now(UTC) - found.died_at
    assert timedelta(seconds=-5) < age < timedelta(minutes=1)

    done = await dead.letters.replay(dead.queue, ALL)
    copy = await raw.take(dead.queue)
    assert (done.by_reason.total(), copy.headers["x-attempt"]) == (1, 1)
    assert "x-death" not in copy.headers


async def test_two_who_look_at_once_do_not_disturb_each_other(dead: Dead) -> None:
    ids = [f"m{number}" for number in range(20)]
    await dead.add(ids)

    both = await asyncio.gather(*(dead.listed(ALL) for _ in range(2)))

    # Each sees what the other does not hold, and nothing is gone.
    assert all(set(each) <= set(ids) for each in both)
    assert set(await dead.listed(ALL)) == set(ids)
