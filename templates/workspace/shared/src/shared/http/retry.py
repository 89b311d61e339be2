"""Makes one call with as many attempts as it is worth."""

from __future__ import annotations

import asyncio
from random import SystemRandom
from time import monotonic
from typing import TYPE_CHECKING

import stamina
from opentelemetry import propagate
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.budget import RETRY_BUDGET_HEADER, TIMEOUT_HEADER
from shared.correlation import REQUEST_ID_HEADER, current_request_id, new_request_id
from shared.errors import ServiceError, TooManyRequestsError, UnavailableError
from shared.http.errors import NotSentError

if TYPE_CHECKING:
    from shared.budget import Budget
    from shared.http.balancing import Instance
    from shared.http.request import Call
    from shared.http.sender import Answer, HttpSender
    from shared.http.settings import Target

_random = SystemRandom()
_trace_only = TraceContextTextMapPropagator()


class Attempts:
    """The attempts of one call, within what it and the request it is made for may spend."""

    def __init__(self, sender: HttpSender, target: Target, call: Call, budget: Budget) -> None:
        self._sender, self._target, self._call = sender, target, call
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
        if self._made > 1:
            self._sender.count_retry()
        return await self._sender.attempt(self._call, self._headers(), self._tried)

    def _headers(self) -> dict[str, str]:
        # What ties the attempt to the request that it is made for.
        headers = {REQUEST_ID_HEADER: self._request_id}
        if not self._target.linked:
            # What this request may cost, and the baggage of its trace, are no stranger's business.
            _trace_only.inject(headers)
            return headers
        allowed = self._retries_left() if self._made == 1 else 0
        headers[RETRY_BUDGET_HEADER] = str(allowed)
        headers[TIMEOUT_HEADER] = f"{max(self._seconds_left(), 0):.3f}"
        propagate.inject(headers)
        return headers

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
