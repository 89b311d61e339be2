"""Replaying and purging act on what is meant and lose nothing; what kills workers is given up."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from shared.errors import UnavailableError
from shared.messaging.broker import broker
from shared.messaging.dead import Filter
from shared.messaging.errors import UnroutableError
from shared.messaging.status import ClaimKey, ClaimResult, State
from shared.messaging.topology import DELIVERY_LIMIT
from shared.testing import wait_until
from tests.support.messages import RecordingHandler, note_task
from tests.support.sides import side

if TYPE_CHECKING:
    from shared.messaging.settings import TaskSettings
    from tests.messaging.dead.conftest import Dead
    from tests.support.dead_letters import Raw
    from tests.support.sides import Side

ALL = Filter()
# Replays, and is killed when the copy is confirmed and the dead letter is to be acked.
KILLED = """
import asyncio, os, signal, sys
from pydantic import SecretStr
from shared.messaging.dead import Filter, open_dead_letters
from shared.messaging.dead.queues import _Look
from shared.messaging.settings import TaskSettings
from shared.messaging.store import open_store

async def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)

async def main(url, prefix, queue, redis_url):
    settings = TaskSettings(service_name="t", amqp_url=SecretStr(url), messaging_prefix=prefix,
                            redis_url=SecretStr(redis_url))
    async with open_store(settings) as store, open_dead_letters(settings, store) as letters:
        await letters.replay(queue, Filter())

_Look.ack = killed
asyncio.run(main(*sys.argv[1:]))
"""
BODY = b'{"text":"a"}'


async def test_hundreds_are_listed_and_replayed_by_filter(dead: Dead) -> None:
    await dead.add([f"p{number:03}" for number in range(120)])
    await dead.add([f"x{number}" for number in range(220)], reason="retries-exhausted")

    wanted = Filter(reason="retries-exhausted")
    assert len(await dead.listed(ALL)) == 340
    trial = await dead.letters.replay(dead.queue, wanted, dry_run=True)
    assert trial.by_reason == {"retries-exhausted": 220}
    assert await dead.count() == 340
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
    kept = {name: value for name, value in copy.headers.items() if name != "x-delivery-count"}
    assert kept == {"x-task": "note", "x-attempt": 1, "x-origin": "api"}
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


async def test_a_lost_connection_is_told(dead: Dead, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "RETRY_SECONDS", 0.1)
    await dead.add(["a"])
    await (await dead.broker._link.connection()).close()

    with pytest.raises(UnavailableError, match="was lost"):
        await dead.letters.list(dead.queue, ALL)


async def test_a_kill_between_publish_and_ack_loses_nothing(
    dead: Dead, tasks: TaskSettings, raw: Raw
) -> None:
    await dead.add(["m"])
    urls = tasks.amqp_url.get_secret_value(), tasks.redis_url.get_secret_value()
    arguments = (urls[0], tasks.messaging_prefix, dead.queue, urls[1])

    process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, *arguments)

    assert await process.wait() == -signal.SIGKILL
    assert (await raw.take(dead.queue)).message_id == "m"
    assert (await raw.take(f"{dead.queue}.dead")).message_id == "m"


async def give_back(raw: Raw, queue: str) -> None:
    """Have the next message of a queue come back, as when a worker dies with it."""
    declared = await raw.channel.get_queue(raw.names.of(queue))

    async def returned() -> bool:
        message = await declared.get(fail=False)
        if message is not None:
            await message.nack()
        return message is not None

    await wait_until(returned, what=f"a message in {queue}")


async def test_what_comes_back_too_often_is_a_dead_letter_and_has_failed(
    dead: Dead, raw: Raw, tasks: TaskSettings, one: Side, another: Side
) -> None:
    recording, task = RecordingHandler(), note_task(dead.queue.removeprefix("tasks."))
    await raw.put(dead.queue, BODY, "m", x_task="note", x_returns=DELIVERY_LIMIT - 1)
    await give_back(raw, dead.queue)
    async with side(tasks.model_copy(update={"task_claim_seconds": 1})) as dying:
        await dying.store.begin(ClaimKey(id="m", name="note", queue=dead.queue), 1)
    # The claim outlives who died, so the message has to wait; that makes it no other message.
    await one.consume_notes(recording, task)
    await one.hold(f"{dead.queue}.dead", 1)
    await one.consuming.close()

    (letter,) = (await dead.letters.list(dead.queue, Filter())).letters
    status = await one.messaging.status.get("m")
    assert status is not None
    assert (letter.reason, status.reason) == ("delivery_limit", "delivery_limit")
    assert (status.state, recording.calls) == (State.FAILED, [])
    assert letter.error.startswith("ReturnedTooOftenError: came back 20 times")

    await dead.letters.replay(dead.queue, Filter())
    await another.consume_notes(recording, task)
    await recording.reach(1)


async def test_one_return_less_is_still_tried(dead: Dead, raw: Raw, one: Side) -> None:
    recording = RecordingHandler()
    await raw.put(dead.queue, BODY, "n", x_task="note", x_returns=DELIVERY_LIMIT - 2)
    await give_back(raw, dead.queue)

    await one.consume_notes(recording, note_task(dead.queue.removeprefix("tasks.")))

    await recording.reach(1)
