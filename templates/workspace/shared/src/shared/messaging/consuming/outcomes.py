"""Does what follows from how a message was handled, and says it in one word."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING

import structlog

from shared.messaging import headers
from shared.messaging.broker import ack
from shared.messaging.consuming.attempt import Attempt
from shared.messaging.consuming.failures import reason_to_bury, seconds_to_wait, told
from shared.messaging.consuming.limits import within

if TYPE_CHECKING:
    from shared.lifecycle import Resources
    from shared.messaging.consuming.claiming import Claimer
    from shared.messaging.consuming.moving import Mover
    from shared.messaging.consuming.reading import Job, PoisonError
    from shared.messaging.incoming import Incoming

DONE, RETRIED, DEAD = "done", "retried", "dead"


class Outcomes:
    """Settles the messages of one queue; raises UnavailableError when the broker is away."""

    def __init__(self, claimer: Claimer, mover: Mover, resources: Resources) -> None:
        self._claimer, self._mover, self._resources = claimer, mover, resources
        self._log = structlog.stdlib.get_logger(__name__)
        # A line for each message costs more than all the rest, even when it goes nowhere.
        self._verbose = logging.getLogger(__name__).isEnabledFor(logging.DEBUG)

    async def done(self, job: Job, started: float, result: object) -> str:
        """Write it down and have the broker forget the message."""
        await self._claimer.complete(job, perf_counter() - started, result)
        await ack(job.message)
        if self._verbose:
            self._log.debug("done", attempt=job.work.attempt)
        return DONE

    async def failed(self, job: Job, started: float, error: Exception) -> str:
        """Have it tried again, or bury it."""
        work, retries, seconds = job.work, job.route.retries, perf_counter() - started
        reason = reason_to_bury(error, work.attempt, retries)
        if reason is not None and await self._is_given_up(job, error):
            await self._mover.bury(job.message, reason, error)
            await self._claimer.fail(job, seconds, told(error), reason)
            await ack(job.message)
            self._log.error("dead letter", reason=reason, attempt=work.attempt, exc_info=error)
            return DEAD
        wait = seconds_to_wait(error, work.attempt, retries)
        await self._mover.retry(job.message, work.attempt + 1, wait)
        due = datetime.now(UTC) + timedelta(seconds=wait)
        await self._claimer.retry(job, seconds, told(error), due)
        await ack(job.message)
        self._log.warning("failed", attempt=work.attempt, again_in=round(wait, 3), exc_info=error)
        return RETRIED

    async def _is_given_up(self, job: Job, error: Exception) -> bool:
        """Tell the handler that this was the last attempt; False when another one has to follow."""
        if job.route.give_up is None:
            return True
        with Attempt() as attempt:
            giving_up = job.route.give_up(job.payload, job.work, self._resources, error)
            await within(job.route.seconds, giving_up)
        if attempt.error is not None:
            self._log.error("the end could not be recorded", exc_info=attempt.error)
        return attempt.error is None or job.work.attempt >= 2 * job.route.retries.attempts

    async def parked(self, message: Incoming, seconds: float, outcome: str) -> str:
        """Have it come back after so many seconds, as the same attempt."""
        await self._mover.put_off(message, seconds)
        await ack(message)
        return outcome

    async def refused(self, message: Incoming, error: PoisonError) -> str:
        """Bury a message that nobody can read."""
        await self._mover.bury(message, error.reason, error)
        name = message.headers.get(headers.TASK)
        if message.message_id and isinstance(name, str):
            await self._claimer.refuse(message.message_id, name, told(error), error.reason)
        await ack(message)
        self._log.error("dead letter", reason=error.reason, error=str(error), id=message.message_id)
        return DEAD
