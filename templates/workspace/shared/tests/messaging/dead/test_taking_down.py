"""What takes its worker down again and again is given up, and said to have failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.messaging.dead import Filter
from shared.messaging.ports import ClaimKey
from shared.messaging.status import State
from shared.messaging.topology import DELIVERY_LIMIT
from shared.testing import wait_until
from tests.support.messages import Notes, note_task
from tests.support.sides import side

if TYPE_CHECKING:
    from shared.messaging.settings import TaskSettings
    from tests.messaging.dead.conftest import Dead
    from tests.support.dead_letters import Raw
    from tests.support.sides import Side

BODY = b'{"text":"a"}'


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
    notes, task = Notes(), note_task(dead.queue.removeprefix("tasks."))
    await raw.put(dead.queue, BODY, "m", x_task="note", x_returns=DELIVERY_LIMIT - 1)
    await give_back(raw, dead.queue)
    async with side(tasks.model_copy(update={"task_claim_seconds": 1})) as dying:
        await dying.store.begin(ClaimKey(id="m", name="note", queue=dead.queue), 1)
    # The claim outlives who died, so the message has to wait; that makes it no other message.
    await one.note(notes, task)
    await one.hold(f"{dead.queue}.dead", 1)
    await one.consuming.close()

    (letter,) = (await dead.letters.list(dead.queue, Filter())).letters
    status = await one.messaging.status.get("m")
    assert status is not None
    assert (letter.reason, status.reason) == ("delivery_limit", "delivery_limit")
    assert (status.state, notes.calls) == (State.FAILED, [])
    assert letter.error.startswith("ReturnedTooOftenError: came back 20 times")

    await dead.letters.replay(dead.queue, Filter())
    await another.note(notes, task)
    await notes.reach(1)


async def test_one_return_less_is_still_tried(dead: Dead, raw: Raw, one: Side) -> None:
    notes = Notes()
    await raw.put(dead.queue, BODY, "n", x_task="note", x_returns=DELIVERY_LIMIT - 2)
    await give_back(raw, dead.queue)

    await one.note(notes, note_task(dead.queue.removeprefix("tasks.")))

    await notes.reach(1)
