"""Puts dead letters back into the queue they died in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.messaging import headers
from shared.messaging.outgoing import Outgoing
from shared.messaging.records import Subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.messaging.broker import Publisher
    from shared.messaging.dead.held import Held
    from shared.messaging.dead.letters import DeadLetter
    from shared.messaging.dead.taken import Taken
    from shared.messaging.ports import Statuses


class Replayer:
    """Replays what is held; raises UnavailableError, and leaves it then where it was.

    The order of the steps is what keeps it from being lost: a message that came before its claim
    is reset would count as done, and one acked before its copy is confirmed could be gone.
    """

    def __init__(self, publisher: Publisher, statuses: Statuses) -> None:
        self._publisher, self._statuses = publisher, statuses

    async def replay(self, held: Held, chosen: Sequence[tuple[Taken, DeadLetter]]) -> None:
        """Let these begin anew, all of one queue: reset, publish with confirm, ack."""
        if not chosen:
            return
        await self._statuses.reopen([_subject(letter) for _, letter in chosen if letter.id])
        queue = chosen[0][1].queue
        await self._publisher.send_all([_copy(taken) for taken, _ in chosen], queue)
        for taken, _ in chosen:
            await held.ack(taken)


def _subject(letter: DeadLetter) -> Subject:
    return Subject(id=letter.id, name=letter.name, queue=letter.queue, is_event=letter.is_event)


def _copy(taken: Taken) -> Outgoing:
    carried = {**headers.lasting(taken.headers), headers.ATTEMPT: 1}
    carried.pop(headers.DUE, None)
    return Outgoing(
        id=taken.id,
        body=taken.body,
        correlation_id=taken.correlation_id,
        headers=carried,
        time=taken.time or datetime.now(UTC),
    )
