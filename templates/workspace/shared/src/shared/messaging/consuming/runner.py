"""Handles one message from beginning to end."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING

import structlog

from shared.correlation import begin_request
from shared.errors import UnavailableError
from shared.messaging.broker import ack, give_back
from shared.messaging.consuming.attempt import Attempt
from shared.messaging.consuming.limits import Limits, StoppedError
from shared.messaging.consuming.reading import PoisonError, read, seconds_left
from shared.messaging.consuming.returns import check_returns
from shared.messaging.current import begin_message
from shared.messaging.records import Verdict
from shared.messaging.tracing import consumer_span

if TYPE_CHECKING:
    from shared.lifecycle import Resources
    from shared.messaging.consuming.claiming import Claimer
    from shared.messaging.consuming.outcomes import Outcomes
    from shared.messaging.consuming.reading import Job
    from shared.messaging.consuming.routes import Routes
    from shared.messaging.incoming import Incoming

WAITING, DROPPED, BUSY, RETURNED = "waiting", "dropped", "busy", "returned"
# How soon a message is looked at again that cannot be claimed yet.
AGAIN_SECONDS = 1.0


class Runner:
    """Handles the messages of one queue."""

    def __init__(
        self, routes: Routes, claimer: Claimer, outcomes: Outcomes, resources: Resources
    ) -> None:
        self._routes, self._claimer = routes, claimer
        self._outcomes, self._resources = outcomes, resources
        self._limits = Limits()
        self._log = structlog.stdlib.get_logger(__name__)

    async def run(self, message: Incoming) -> tuple[str, str]:
        """Handle and settle a message; returns its name and what became of it, in a word.

        It must be called in an asyncio task of its own.
        Raises UnavailableError when the broker is away, and then the message is not settled.
        """
        if seconds := seconds_left(message):
            return "", await self._outcomes.parked(message, seconds, WAITING)
        try:
            job = read(message, self._routes)
        except PoisonError as error:
            return "", await self._outcomes.refused(message, error)
        work = job.work
        begin_request(work.correlation_id, message_name=work.name, message_id=work.id)
        begin_message(work.id)
        with consumer_span(work.name, message.headers):
            return work.name, await self._claimed(job)

    def stop(self) -> None:
        """Cancel the handlers that run; what they had goes back to the queue."""
        self._limits.stop()

    async def _claimed(self, job: Job) -> str:
        try:
            claim = await self._claimer.begin(job)
        except UnavailableError:
            self._log.warning("no work without a claim", exc_info=True)
            return await self._outcomes.parked(job.message, AGAIN_SECONDS, WAITING)
        if claim.verdict is Verdict.RUN:
            return await self._owned(job)
        if claim.verdict is Verdict.BUSY:
            seconds = min(claim.seconds, AGAIN_SECONDS)
            return await self._outcomes.parked(job.message, seconds, BUSY)
        await ack(job.message)
        self._log.info("dropped", verdict=claim.verdict)
        return DROPPED

    async def _owned(self, job: Job) -> str:
        started, work = perf_counter(), job.work
        try:
            with Attempt() as attempt:
                check_returns(job.message)
                handling = job.route.handle(job.payload, work, self._resources)
                result = await self._limits.run(job.route.seconds, handling)
            if isinstance(attempt.error, StoppedError):
                return await self._returned(job)
            if attempt.error is not None:
                return await self._outcomes.failed(job, started, attempt.error)
            return await self._outcomes.done(job, started, result)
        except (asyncio.CancelledError, UnavailableError):
            # The time to stop is up, or the broker is away: the next one begins this attempt anew.
            return await self._returned(job)

    async def _returned(self, job: Job) -> str:
        await self._claimer.release(job)
        await give_back(job.message)
        self._log.warning("returned", attempt=job.work.attempt)
        return RETURNED
