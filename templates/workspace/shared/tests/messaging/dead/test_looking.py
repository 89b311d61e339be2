"""Looking at dead letters changes nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from shared.messaging.dead import Filter
from shared.testing import wait_until

if TYPE_CHECKING:
    from tests.messaging.dead.conftest import Dead
    from tests.support.dead_letters import Raw

ALL = Filter()


async def test_looking_again_and_again_changes_nothing(dead: Dead) -> None:
    ids = [f"m{number}" for number in range(30)]
    await dead.bury(ids)

    for limit in [None, 7] * 10:
        found = await dead.letters.list(dead.queue, Filter(limit=limit))
        assert [each.id for each in found] == ids[:limit]

    assert await dead.letters.queues([dead.queue, "tasks.none"]) == {
        dead.queue: 30,
        "tasks.none": 0,
    }


async def test_a_dead_letter_is_shown_without_headers_that_may_be_secret(dead: Dead) -> None:
    now = datetime.now(UTC)
    await dead.bury(["m"], error="E: why", died_at=now.isoformat(), token="hidden", origin="api")

    found = await dead.letters.show(dead.queue, "m")

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
    assert await dead.letters.show(dead.queue, "other") is None


async def test_what_nobody_here_has_written_is_shown_too(dead: Dead, raw: Raw) -> None:
    await raw.put(f"{dead.queue}.dead", b"\xff" * 9000, "", x_died_at="never", x_attempt="two")

    (found,) = await dead.letters.list(dead.queue, ALL)

    assert (found.name, found.reason) == ("unknown", "unknown")
    assert (found.attempt, found.died_at, found.size) == (1, None, 9000)
    assert len(found.payload) == 2000
    assert await dead.letters.list(dead.queue, Filter(before=datetime.now(UTC))) == []


async def test_what_the_broker_gave_up_says_so(dead: Dead, raw: Raw) -> None:
    await raw.put(dead.queue, b"{}", "m", x_task="note")
    queue = await raw.channel.get_queue(raw.names.of(dead.queue))

    async def dropped() -> bool:
        message = await queue.get(fail=False)
        if message is not None:
            await message.nack()
        return (await dead.letters.queues([dead.queue]))[dead.queue] == 1

    await wait_until(dropped, what="a dead letter of the broker")

    (found,) = await dead.letters.list(dead.queue, ALL)
    assert (found.reason, found.id, found.name) == ("delivery_limit", "m", "note")
    assert found.died_at is not None
    age = datetime.now(UTC) - found.died_at
    assert timedelta(seconds=-5) < age < timedelta(minutes=1)

    counts = await dead.letters.replay(dead.queue, ALL)
    copy = await raw.take(dead.queue)
    assert (counts.matched, copy.headers["x-attempt"]) == (1, 1)
    assert "x-death" not in copy.headers


async def test_two_who_look_at_once_do_not_disturb_each_other(dead: Dead) -> None:
    ids = [f"m{number}" for number in range(20)]
    await dead.bury(ids)

    both = await asyncio.gather(*(dead.letters.list(dead.queue, ALL) for _ in range(2)))

    # Each sees what the other does not hold, and nothing is gone.
    assert all({letter.id for letter in each} <= set(ids) for each in both)
    found = await dead.letters.list(dead.queue, ALL)
    assert {each.id for each in found} == set(ids)
