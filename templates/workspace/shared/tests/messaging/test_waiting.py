"""A delay is as long as it was asked to be, whatever else waits."""

from __future__ import annotations

from datetime import timedelta
from time import time
from typing import TYPE_CHECKING

from shared.messaging.contract import Retries
from shared.messaging.ladder import LEVELS, LONGEST_SECONDS, first_step
from tests.support.messages import Note, Notes, note_task

if TYPE_CHECKING:
    from tests.support.dead_letters import Raw
    from tests.support.sides import Side


async def test_a_short_delay_does_not_wait_for_a_long_one(one: Side, queue: str) -> None:
    notes, task, tasks = Notes(), note_task(queue), one.messaging.tasks
    await one.note(notes, task)

    for text, seconds in (("slow", 1.4), ("never", 3600), ("quick", 0.3), ("middle", 0.8)):
        await tasks.enqueue(task, Note(text=text), delay=timedelta(seconds=seconds))
    await tasks.enqueue(task, Note(text="now"))

    await notes.reach(4)
    assert notes.texts == ["now", "quick", "middle", "slow"]


async def test_a_delayed_task_is_not_early(one: Side, queue: str) -> None:
    notes, task = Notes(), note_task(queue)
    await one.note(notes, task)
    started = time()

    await one.messaging.tasks.enqueue(task, Note(text="a"), delay=timedelta(seconds=0.55))

    await notes.reach(1)
    assert 0.55 <= time() - started < 3


async def test_beyond_the_ladder_a_message_goes_round_again(
    one: Side, queue: str, raw: Raw
) -> None:
    notes, task = Notes(), note_task(queue)
    await one.note(notes, task)
    soon, late = round((time() + 0.8) * 1000), round((time() + 10**6) * 1000)

    await raw.put(f"tasks.{queue}", b'{"text":"late"}', "late", x_task="note", x_due=late)
    await raw.put(f"tasks.{queue}", b'{"text":"soon"}', "soon", x_task="note", x_due=soon)
    await raw.put(f"tasks.{queue}", b'{"text":"past"}', "past", x_task="note", x_due=1)

    await notes.reach(2)
    assert notes.texts == ["past", "soon"]
    assert notes.calls[1][1].attempt == 1
    assert time() * 1000 >= soon - 100


def test_every_delay_is_the_sum_of_the_levels_in_its_key() -> None:
    for seconds in (0.1, 0.25, 1, 59.9, 3600, 86400, LONGEST_SECONDS, 10 * LONGEST_SECONDS):
        step = first_step("q", seconds)
        assert step is not None
        level, key = step
        *bits, name = key.split(".")
        waits = [n for n, bit in enumerate(reversed(bits)) if bit == "1"]
        total = sum(0.1 * 2**n for n in waits)
        assert (name, len(bits), max(waits)) == ("q", LEVELS, level)
        assert min(seconds, LONGEST_SECONDS) <= total + 1e-9 < min(seconds, LONGEST_SECONDS) + 0.1
    assert first_step("q", 0) is None
    assert first_step("q", -1) is None


def test_waits_grow_up_to_the_cap_and_are_spread() -> None:
    plain = Retries(first_seconds=1, factor=2, cap_seconds=10, jitter=0)
    spread = Retries(first_seconds=1, factor=2, cap_seconds=10, jitter=0.5)

    assert [plain.wait_after(attempt) for attempt in (1, 2, 3, 5, 10**6)] == [1, 2, 4, 10, 10]
    waits = {spread.wait_after(1) for _ in range(50)}
    assert len(waits) > 10
    assert all(0.5 <= wait <= 1.5 for wait in waits)
