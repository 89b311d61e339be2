"""ClaimStore a message before it is handled and writes down what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from pydantic import BaseModel

from shared.errors import UnavailableError
from shared.messaging.ports import Claim, ClaimKey, ClaimResult

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from shared.messaging.consuming.routes import Job, Routes
    from shared.messaging.ports import ClaimStore


_UNCLAIMED = Claim(result=ClaimResult.RUN)


class IdempotencyGuard:
    """ClaimStore the jobs of one queue; those that are not tracked always run.

    What cannot be written down after the work is logged and let go: to do the work again would be
    worse.
    """

    def __init__(self, claims: ClaimStore, routes: Routes) -> None:
        self._claims, self._routes = claims, routes
        self._log = structlog.stdlib.get_logger(__name__)

    async def begin(self, job: Job) -> Claim:
        """Ask whether a job may run; raises UnavailableError when the store is away."""
        if not job.route.tracked:
            return _UNCLAIMED
        claim_key = self._claim_key(job.context.id, job.context.name)
        claim = await self._claims.begin(claim_key, job.context.attempt)
        job.claim_key, job.token = claim_key, claim.token
        return claim

    def when_lost(self, job: Job, act: Callable[[], None]) -> None:
        """Have this done if somebody else takes the job over while it is handled."""
        if job.claim_key is not None:
            self._claims.when_lost(job.token, act)

    async def complete(self, job: Job, seconds: float, result: object) -> None:
        """Write that a job is done, with its result if that is for who asks for the status."""
        if job.claim_key is None:
            return
        text = None
        if job.route.keeps_result and isinstance(result, BaseModel):
            text = result.model_dump_json().encode()
        writing = self._claims.complete(job.claim_key, job.token, seconds=seconds, result=text)
        await self._written(writing)

    async def retry(self, job: Job, seconds: float, error: str, due: datetime) -> None:
        """Write that a job is tried again."""
        if job.claim_key is not None:
            owned, taken = (job.claim_key, job.token), seconds
            await self._written(self._claims.retry(*owned, seconds=taken, error=error, due=due))

    async def fail(self, job: Job, seconds: float, error: str, reason: str) -> None:
        """Write that a job has failed for good."""
        if job.claim_key is not None:
            owned, taken = (job.claim_key, job.token), seconds
            writing = self._claims.fail(*owned, seconds=taken, error=error, reason=reason)
            await self._written(writing)

    async def refuse(self, message_id: str, name: str, error: str, reason: str) -> None:
        """Write that a message could not be read; nobody has claimed it."""
        claim_key = self._claim_key(message_id, name)
        writing = self._claims.fail(claim_key, "", seconds=0.0, error=error, reason=reason)
        await self._written(writing, owned=False)

    async def release(self, job: Job) -> None:
        """Give a job's claim back."""
        if job.claim_key is not None:
            await self._written(self._claims.release(job.claim_key, job.token))

    def _claim_key(self, message_id: str, name: str) -> ClaimKey:
        queue, is_event = self._routes.queue, self._routes.is_events
        return ClaimKey(id=message_id, name=name, queue=queue, is_event=is_event)

    async def _written(self, writing: Awaitable[bool], *, owned: bool = True) -> None:
        try:
            if not await writing and owned:
                self._log.warning("the claim was lost while the work ran")
        except UnavailableError:
            self._log.warning("the outcome could not be written down", exc_info=True)
