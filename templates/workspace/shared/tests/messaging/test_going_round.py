"""A message that is due later than the longest wait goes round again."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING

from tests.support.messages import RecordingHandler, note_task

if TYPE_CHECKING:
    from tests.support.dead_letters import Raw
    from tests.support.sides import Side


async def test_beyond_the_ladder_a_message_goes_round_again(
    one: Side, queue: str, raw: Raw
) -> None:
    recording, task = RecordingHandler(), note_task(queue)
    await one.consume_notes(recording, task)
    soon, late = round((time() + 0.8) * 1000), round((time() + 10**6) * 1000)

    await raw.put(f"tasks.{queue}", b'{"text":"late"}', "late", x_task="note", x_due=late)
    await raw.put(f"tasks.{queue}", b'{"text":"soon"}', "soon", x_task="note", x_due=soon)
    await raw.put(f"tasks.{queue}", b'{"text":"past"}', "past", x_task="note", x_due=1)

    await recording.reach(2)
    assert recording.texts == ["past", "soon"]
    assert recording.calls[1][1].attempt == 1
    assert time() * 1000 >= soon - 100
