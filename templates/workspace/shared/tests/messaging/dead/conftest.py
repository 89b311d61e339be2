"""Dead letters as an operator has them: on a real broker, with the queues of no consumer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from shared.messaging.dead import DeadLetters, Filter, open_dead_letters
from shared.messaging.messages import Outgoing
from shared.messaging.store import open_store
from tests.support.messages import new_queue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from shared.messaging.broker import Broker
    from shared.messaging.dead import DeadLetter
    from shared.messaging.settings import TaskSettings
    from shared.messaging.store import RedisStore
    from tests.support.dead_letters import Raw


@dataclass
class Dead:
    """A queue with dead letters, and what looks at them."""

    letters: DeadLetters
    broker: Broker
    store: RedisStore
    queue: str

    async def add(self, ids: Iterable[str], **more: str) -> None:
        headers = {"x-task": "note", "x-reason": "permanent", "x-attempt": 3}
        headers |= {f"x-{name.replace('_', '-')}": text for name, text in more.items()}
        await self.broker.send_all(
            (
                Outgoing(
                    id=each,
                    body=b'{"text":"a"}',
                    correlation_id="c",
                    headers={"x-died-at": datetime.now(UTC).isoformat(), **headers},
                )
                for each in ids
            ),
            f"{self.queue}.dead",
        )

    async def count(self, queue: str | None = None) -> int:
        return (await self.letters.list(queue or self.queue, Filter(), most=0)).there

    async def show(self, letter_id: str) -> DeadLetter | None:
        found = await self.letters.list(self.queue, Filter(id=letter_id, limit=1))
        return found.letters[0] if found.letters else None

    async def listed(self, wanted: Filter) -> list[str]:
        """Return the ids of those that are meant, in the order in which they are shown."""
        return [each.id for each in (await self.letters.list(self.queue, wanted)).letters]


@pytest.fixture
async def dead(tasks: TaskSettings, raw: Raw) -> AsyncIterator[Dead]:
    queue, names = f"tasks.{new_queue()}", raw.names
    for name, arguments in (
        (queue, names.work_arguments(queue)),
        (f"{queue}.dead", names.dead_arguments()),
    ):
        await raw.channel.declare_queue(names.of(name), durable=True, arguments=arguments)
    async with (
        open_store(tasks) as store,
        open_dead_letters(tasks, store) as letters,
    ):
        yield Dead(letters, letters._broker, store, queue)
