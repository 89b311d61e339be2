"""Handles one message from beginning to end."""

from __future__ import annotations

import asyncio
from time import perf_counter, time
from typing import TYPE_CHECKING, Any

import structlog
from structlog.contextvars import bound_contextvars

from shared.correlation import request_scope
from shared.errors import UnavailableError
from shared.messaging import headers
from shared.messaging.broker import ack, give_back
from shared.messaging.consuming.reading import PoisonError, read
from shared.messaging.current import message_scope
from shared.messaging.ladder import UNIT_SECONDS
from shared.messaging.records import Verdict
from shared.messaging.tracing import consumer_span

if TYPE_CHECKING:
    from shared.lifecycle import Resources
    from shared.messaging.consuming.claiming import Claimer
    from shared.messaging.consuming.moving import Mover
    from shared.messaging.consuming.outcomes import Outcomes
    from shared.messaging.consuming.reading import Job
    from shared.messaging.consuming.routes import Routes
    from shared.messaging.incoming import Incoming

WAITING, DROPPED, BUSY, RETURNED = "waiting", "dropped", "busy", "returned"
# How soon a message is looked at again that cannot be claimed: another has it, or no store is there.
_BUSY_SECONDS, _STORE_SECONDS = 1.0, 1.0


class Runner:
    """Handles the messages of one queue."""

    def __init__(
        self,
        routes: Routes,
        claimer: Claimer,
        mover: Mover,
        outcomes: Outcomes,
        resources: Resources,
    ) -> None:
        self._routes, self._claimer, self._mover = routes, claimer, mover
        self._outcomes, self._resources = outcomes, resources
        self._log = structlog.stdlib.get_logger(__name__)

    async def run(self, message: Incoming) -> tuple[str, str]:
        """Handle and settle a message; returns the name it goes by, and the outcome in a word."""
        try:
            left = _seconds_left(message)
            if left > UNIT_SECONDS / 2:
                await self._mover.park(message, left)
                return "", WAITING
            job = read(message, self._routes)
        except PoisonError as error:
            return "", await self._outcomes.refused(message, error)
        work = job.work
        with (
            request_scope(work.correlation_id),
            message_scope(work.id),
            consumer_span(work.name, message.headers),
            bound_contextvars(message=work.name, message_id=work.id),
        ):
            return work.name, await self._claimed(job)

    async def _claimed(self, job: Job) -> str:
        try:
            claim = await self._claimer.begin(job)
        except UnavailableError:
            self._log.warning("no claim without the store", exc_info=True)
            await self._mover.park(job.message, _STORE_SECONDS)
            return WAITING
        if claim.verdict is Verdict.BUSY:
            await self._mover.park(job.message, min(claim.seconds, _BUSY_SECONDS))
            return BUSY
        if claim.verdict is not Verdict.RUN:
            await ack(job.message)
            self._log.info("dropped", verdict=claim.verdict)
            return DROPPED
        return await self._owned(job)

    async def _owned(self, job: Job) -> str:
        try:
            started = perf_counter()
            try:
                result = await self._handled(job)
            except Exception as error:
                return await self._outcomes.failed(job, started, error)
            return await self._outcomes.done(job, started, result)
        except (asyncio.CancelledError, UnavailableError):
            # The time to stop is up, or the broker is away: the next one begins this attempt anew.
            await self._claimer.release(job)
            await give_back(job.message)
            self._log.warning("returned", attempt=job.work.attempt)
            return RETURNED

    async def _handled(self, job: Job) -> Any:
        seconds = job.route.seconds
        try:
            async with asyncio.timeout(seconds) as limit:
                return await job.route.handle(job.payload, job.work, self._resources)
        except TimeoutError as error:
            if not limit.expired():
                raise
            message = f"took longer than {seconds:g} s"
            raise TimeoutError(message) from error


def _seconds_left(message: Incoming) -> float:
    due = message.headers.get(headers.DUE)
    return due / 1000 - time() if isinstance(due, int) else 0.0
