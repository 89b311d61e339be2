"""Handles one message from beginning to end.

What becomes of it afterwards is in `settling.py`.
"""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING

import structlog
from anyio import CancelScope

from shared.correlation import begin_request
from shared.errors import UnavailableError
from shared.messaging.broker import ack, requeue
from shared.messaging.consuming.routes import NotYetKnownError, PoisonError, read, seconds_left
from shared.messaging.consuming.settling import check_returns
from shared.messaging.messages import begin_message, consumer_span
from shared.messaging.status import Claim, ClaimResult

if TYPE_CHECKING:
    from shared.lifecycle import Resources
    from shared.messaging.consuming.routes import Job, Routes
    from shared.messaging.consuming.settling import Settler
    from shared.messaging.messages import Incoming
    from shared.messaging.store import RedisStore

WAITING, DROPPED, BUSY, RETURNED = "waiting", "dropped", "busy", "returned"
# How soon a message is looked at again that cannot be claimed yet.
AGAIN_SECONDS = 1.0
_UNCLAIMED = Claim(result=ClaimResult.RUN)


class InterruptedHandlerError(Exception):
    """The handler was cancelled because the process stops, or another worker has its claim."""


class MessageProcessor:
    """Handles the messages of one queue."""

    def __init__(
        self, routes: Routes, store: RedisStore, settler: Settler, resources: Resources
    ) -> None:
        self._routes, self._store = routes, store
        self._settler, self._resources = settler, resources
        self._handling: set[CancelScope] = set()
        self._interrupted: set[CancelScope] = set()
        self._log = structlog.stdlib.get_logger(__name__)

    async def run(self, message: Incoming) -> tuple[str, str]:
        """Handle and settle a message; returns its name and what became of it, in a word.

        It must be called in an asyncio task of its own.
        Raises UnavailableError when the broker is away, and then the message is not settled.
        """
        if seconds := seconds_left(message):
            return "", await self._settler.deferred(message, seconds, WAITING)
        try:
            job = read(message, self._routes)
        except NotYetKnownError as error:
            return "", await self._settler.unknown(message, error)
        except PoisonError as error:
            return "", await self._settler.refused(message, error)
        context = job.context
        begin_request(context.correlation_id, message_name=context.name, message_id=context.id)
        begin_message(context.id)
        with consumer_span(context.name, message.headers):
            return context.name, await self._claim_and_handle(job)

    def interrupt_all(self) -> None:
        """Cancel the handlers that run; what they had goes back to the queue."""
        for scope in tuple(self._handling):
            self._interrupt(scope)

    async def _claim_and_handle(self, job: Job) -> str:
        try:
            claim = await self._claim(job)
        except UnavailableError as error:
            self._log.warning("no work without a claim", reason=error.detail)
            return await self._settler.deferred(job.message, AGAIN_SECONDS, WAITING)
        if claim.result is ClaimResult.RUN:
            return await self._handle_and_settle(job)
        if claim.result is ClaimResult.BUSY:
            seconds = min(claim.seconds, AGAIN_SECONDS)
            return await self._settler.deferred(job.message, seconds, BUSY)
        await ack(job.message)
        self._log.info("dropped", result=claim.result)
        return DROPPED

    async def _claim(self, job: Job) -> Claim:
        if not job.route.tracked:
            return _UNCLAIMED
        claim_key = self._routes.claim_key(job.context.id, job.context.name)
        claim = await self._store.begin(claim_key, job.context.attempt)
        job.claim_key, job.token = claim_key, claim.token
        return claim

    async def _handle_and_settle(self, job: Job) -> str:
        started = perf_counter()
        try:
            try:
                result = await self._handle(job)
            except InterruptedHandlerError:
                return await self._return(job)
            except Exception as error:  # noqa: BLE001 - whatever it is, the attempt has failed
                return await self._settler.failed(job, started, error)
            return await self._settler.done(job, started, result)
        except (asyncio.CancelledError, UnavailableError):
            # The time to stop is up, or the broker is away: the next one begins this attempt anew.
            return await self._return(job)

    async def _handle(self, job: Job) -> object:
        check_returns(job.message)
        seconds = job.route.seconds
        scope = CancelScope(deadline=asyncio.get_running_loop().time() + seconds)
        self._handling.add(scope)
        if job.claim_key is not None:
            self._store.when_lost(job.token, lambda: self._interrupt(scope))
        try:
            with scope:
                return await job.route.handle(job.payload, job.context, self._resources)
            if scope in self._interrupted:
                raise InterruptedHandlerError
            raise TimeoutError(f"took longer than {seconds:g} s")
        finally:
            self._handling.discard(scope)
            self._interrupted.discard(scope)

    def _interrupt(self, scope: CancelScope) -> None:
        self._interrupted.add(scope)
        scope.cancel()

    async def _return(self, job: Job) -> str:
        await self._settler.release(job)
        await requeue(job.message)
        self._log.warning("returned", attempt=job.context.attempt)
        return RETURNED
