"""Makes one call with as many attempts as it is worth."""

from __future__ import annotations

import asyncio
from random import SystemRandom
from time import monotonic
from typing import TYPE_CHECKING

import stamina

from shared.correlation import current_request_id, new_request_id
from shared.errors import ServiceError, TooManyRequestsError, UnavailableError
from shared.http.propagation import context_headers
from shared.http.unreachable import NotSentError

if TYPE_CHECKING:
    from shared.budget import Budget
    from shared.http.answers import Answer
    from shared.http.calls import Call
    from shared.http.exchange import Exchange
    from shared.http.instances import Instance
    from shared.http.target import Target

_random = SystemRandom()


class Attempts:
    """The attempts of one call, within what it and the request it is made for may spend."""

    def __init__(self, exchange: Exchange, target: Target, call: Call, budget: Budget) -> None:
        self._exchange, self._target, self._call = exchange, target, call
        self._budget = budget
        self._request_id = current_request_id() or new_request_id()
        self._made = 0
        self._tried: set[Instance] = set()
        self._deadline = monotonic() + budget.seconds_left(target.timeouts.total)

    async def run(self) -> Answer:
        """Return the first answer below 300; raises the error of the last attempt."""
        retries = self._target.retries
        retrying = stamina.AsyncRetryingCaller(
            attempts=retries.attempts,
            timeout=None,
            wait_initial=retries.wait_initial,
            wait_max=retries.wait_max,
            wait_jitter=retries.wait_jitter,
        )
        late = UnavailableError(f"{self._target.name} did not answer in time")
        if self._seconds_left() <= 0:
            raise late
        try:
            async with asyncio.timeout(self._seconds_left()):
                return await retrying(self._again, self._attempt)
        except TimeoutError:
            raise late from None

    async def _attempt(self) -> Answer:
        self._made += 1
        allowed = self._retries_left() if self._made == 1 else 0
        if self._made > 1:
            self._exchange.metrics.retried()
        headers = context_headers(self._request_id, retries=allowed, seconds=self._seconds_left())
        return await self._exchange.attempt(self._call, headers, self._tried)

    def _again(self, error: Exception) -> bool | float:
        """Say whether to try again, or after how many seconds; stamina asks after an error."""
        if not (self._may_pass(error) and self._retries_left()):
            return False
        wait = self._wait(error)
        if wait is not None and wait >= self._seconds_left():
            return False
        # Spent here and not with the attempt: others may be waiting for the same retry.
        self._budget.spend_retry()
        return True if wait is None else wait

    def _may_pass(self, error: Exception) -> bool:
        if isinstance(error, NotSentError):
            return True
        later = isinstance(error, UnavailableError | TooManyRequestsError)
        return later and self._call.repeatable

    def _wait(self, error: Exception) -> float | None:
        seconds = error.extensions.get("retry_after") if isinstance(error, ServiceError) else None
        if not isinstance(seconds, int | float):
            return None
        return seconds + _random.uniform(0, self._target.retries.wait_jitter)

    def _retries_left(self) -> int:
        return self._budget.retries_left(self._target.retries.attempts - self._made)

    def _seconds_left(self) -> float:
        return self._deadline - monotonic()
