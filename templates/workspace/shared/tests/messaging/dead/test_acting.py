"""Replaying and purging act on what is meant, and on nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from shared.errors import UnavailableError
from shared.messaging.dead import Filter
from shared.messaging.errors import UnroutableError
from shared.messaging.ports import ClaimKey, ClaimResult

if TYPE_CHECKING:
    from tests.messaging.dead.conftest import Dead
    from tests.support.dead_letters import Raw

ALL = Filter()


async def test_hundreds_are_listed_and_replayed_by_filter(dead: Dead) -> None:
    await dead.add([f"p{number:03}" for number in range(120)])
    await dead.add([f"x{number}" for number in range(220)], reason="retries-exhausted")

    wanted = Filter(reason="retries-exhausted")
    assert len(await dead.listed(ALL)) == 340
    trial = await dead.letters.replay(dead.queue, wanted, dry_run=True)
    assert trial.by_reason == {"retries-exhausted": 220}
    assert await dead.letters.count(dead.queue) == 340
    done = await dead.letters.replay(dead.queue, wanted)

    assert done.by_reason == {"retries-exhausted": 220}
    depth = await dead.broker.depth(dead.queue)
    assert depth is not None
    assert depth.ready == 220
    assert await dead.listed(ALL) == [f"p{number:03}" for number in range(120)]


async def test_a_replayed_task_begins_anew(dead: Dead, raw: Raw) -> None:
    claim_key = ClaimKey(id="m", name="note", queue=dead.queue)
    claim = await dead.store.begin(claim_key, 3)
    await dead.store.fail(claim_key, claim.token, seconds=0, error="E", reason="permanent")
    await dead.add(["m"], due="5", origin="api")

    await dead.letters.replay(dead.queue, Filter(id="m"))

    copy = await raw.take(dead.queue)
    assert (copy.message_id, copy.body, copy.correlation_id) == ("m", b'{"text":"a"}', "c")
    told = {name: value for name, value in copy.headers.items() if name != "x-delivery-count"}
    assert told == {"x-task": "note", "x-attempt": 1, "x-origin": "api"}
    assert (await dead.store.begin(claim_key, 1)).result is ClaimResult.RUN


async def test_a_dead_letter_whose_queue_is_gone_stays(dead: Dead, raw: Raw) -> None:
    await dead.add(["a", "b"])
    await raw.channel.queue_delete(raw.names.of(dead.queue))

    with pytest.raises(UnroutableError):
        await dead.letters.replay(dead.queue, ALL)

    assert await dead.listed(ALL) == ["a", "b"]


async def test_purging_by_filter_leaves_the_others(dead: Dead) -> None:
    now = datetime.now(UTC)
    old, young = now - timedelta(hours=2), now - timedelta(minutes=1)
    await dead.add(["a", "b"], died_at=old.isoformat())
    await dead.add(["c"], died_at=young.isoformat())
    await dead.add(["d"], died_at=young.isoformat(), task="other")

    hour = now - timedelta(hours=1)
    for wanted, left in (
        (Filter(before=hour, limit=1), "bcd"),
        (Filter(before=hour), "cd"),
        (Filter(after=hour, name="other"), "c"),
    ):
        trial = await dead.letters.purge(dead.queue, wanted, dry_run=True)
        assert (await dead.letters.purge(dead.queue, wanted)).by_reason == trial.by_reason
        assert await dead.listed(ALL) == list(left)


async def test_a_lost_connection_is_told(dead: Dead) -> None:
    await dead.add(["a"])
    await (await dead.broker._link.connection()).close()

    with pytest.raises(UnavailableError, match="was lost"):
        await dead.letters.list(dead.queue, ALL)
