"""What becomes of a message once it was handled: done, tried again, deferred or a dead letter.

The copy is confirmed before the message is acked, so whatever happens in between, one is left.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from time import perf_counter, time
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import structlog
from anyio import fail_after
from pydantic import BaseModel

from shared.errors import ServiceError, UnavailableError
from shared.messaging import headers
from shared.messaging.broker import ack
from shared.messaging.consuming.routes import attempt_of
from shared.messaging.errors import PermanentError, RetryLaterError
from shared.messaging.messages import Outgoing
from shared.messaging.topology import DELIVERY_LIMIT, dead_queue

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from shared.lifecycle import Resources
    from shared.messaging.broker import Broker
    from shared.messaging.consuming.routes import Job, NotYetKnownError, PoisonError, Routes
    from shared.messaging.contract import RetryPolicy
    from shared.messaging.messages import Incoming
    from shared.messaging.status import ClaimKey
    from shared.messaging.store import RedisStore

P = ParamSpec("P")

PERMANENT, EXHAUSTED = "permanent", "retries-exhausted"
# As the broker calls it, which has the same limit for what nobody looks at.
RETURNED = "delivery_limit"
_MAX_ERROR = 500
DONE, RETRIED, DEAD, UNKNOWN = "done", "retried", "dead", "unknown"
# Between two looks at a message of a newer version.
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 30.0


class ReturnedTooOftenError(Exception):
    """The message came back so often that nobody should try it again."""


def count_returns(message: Incoming) -> int:
    """Return how often this attempt came back.

    The broker counts for the message it has; a copy that had to wait brings along what was counted
    for those before it.
    """
    counted = (message.headers.get(headers.RETURNS), message.headers.get(headers.DELIVERIES))
    return sum(count for count in counted if isinstance(count, int))


def check_returns(message: Incoming) -> None:
    """Raise ReturnedTooOftenError when the limit of the broker's queues is reached."""
    if (returns := count_returns(message)) >= DELIVERY_LIMIT:
        text = f"came back {returns} times: its worker died with it or was stopped"
        raise ReturnedTooOftenError(text)


def dead_letter_reason(error: Exception, attempt: int, retries: RetryPolicy) -> str | None:
    """Return why a message becomes a dead letter, or None when it is tried again."""
    if isinstance(error, PermanentError):
        return PERMANENT
    if isinstance(error, ReturnedTooOftenError):
        return RETURNED
    return EXHAUSTED if attempt >= retries.attempts else None


def seconds_to_wait(error: Exception, attempt: int, retries: RetryPolicy) -> float:
    """Return how long to wait before the next attempt.

    Whoever says when to come back is not asked before.
    """
    if isinstance(error, RetryLaterError):
        return error.seconds
    seconds = retries.wait_after(attempt)
    asked = error.extensions.get("retry_after") if isinstance(error, ServiceError) else None
    return max(seconds, float(asked)) if isinstance(asked, int | float) else seconds


def format_error(error: BaseException) -> str:
    """Return type and message of an error, on one line and no longer than a header should be."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:_MAX_ERROR] if text else type(error).__name__


class Settler:
    """Settles the messages of one queue; raises UnavailableError when the broker is away.

    What cannot be written down after the work is logged and let go: to do the work again would be
    worse. A job without a claim is not tracked, and nothing is written of it.
    """

    def __init__(
        self,
        routes: Routes,
        broker: Broker,
        store: RedisStore,
        resources: Resources,
        unknown_seconds: float,
    ) -> None:
        self._routes, self._broker, self._store = routes, broker, store
        self._resources, self._unknown_seconds = resources, unknown_seconds
        self._log = structlog.stdlib.get_logger(__name__)
        # A line for each message costs more than all the rest, even when it goes nowhere.
        self._verbose = logging.getLogger(__name__).isEnabledFor(logging.DEBUG)

    async def done(self, job: Job, started: float, result: object) -> str:
        """Write it down, with its result if that is for who asks, and ack the message."""
        seconds, text = perf_counter() - started, None
        if isinstance(result, BaseModel) and not self._routes.is_events:
            text = result.model_dump_json().encode()
        await self._write(job, self._store.complete, seconds=seconds, result=text)
        await ack(job.message)
        if self._verbose:
            self._log.debug("done", attempt=job.context.attempt)
        return DONE

    async def failed(self, job: Job, started: float, error: Exception) -> str:
        """Have it tried again, or give it up."""
        context, retries, seconds = job.context, job.route.retries, perf_counter() - started
        reason, text = dead_letter_reason(error, context.attempt, retries), format_error(error)
        if reason is not None and await self._is_given_up(job, error):
            await self._dead_letter(job.message, reason, error)
            await self._write(job, self._store.fail, seconds=seconds, error=text, reason=reason)
            await ack(job.message)
            self._log.error("dead letter", reason=reason, attempt=context.attempt, exc_info=error)
            return DEAD
        wait = seconds_to_wait(error, context.attempt, retries)
        await self._send_again(job.message, {headers.ATTEMPT: context.attempt + 1}, wait)
        due = datetime.now(UTC) + timedelta(seconds=wait)
        await self._write(job, self._store.retry, seconds=seconds, error=text, due=due)
        await ack(job.message)
        self._log.warning(
            "failed", attempt=context.attempt, again_in=round(wait, 3), exc_info=error
        )
        return RETRIED

    async def release(self, job: Job) -> None:
        """Give a job's claim back: somebody else begins this attempt anew."""
        await self._write(job, self._store.release)

    async def deferred(self, message: Incoming, seconds: float, outcome: str) -> str:
        """Have it come back after so many seconds, as the same attempt."""
        await self._defer(message, seconds, {})
        return outcome

    async def unknown(self, message: Incoming, error: NotYetKnownError) -> str:
        """Have it wait for a replica that knows it; give it up when none has come in time."""
        now = time()
        since = message.headers.get(headers.UNKNOWN_SINCE)
        first = since / 1000 if isinstance(since, int) else now
        if now - first >= self._unknown_seconds:
            return await self.refused(message, error)
        # The longer it has waited, the less a second matters.
        wait = min(max(now - first, FIRST_WAIT_SECONDS), LONGEST_WAIT_SECONDS)
        wait = min(wait, first + self._unknown_seconds - now)
        await self._defer(message, wait, {headers.UNKNOWN_SINCE: round(first * 1000)})
        self._log.warning("not known here yet", reason=error.reason, error=str(error))
        return UNKNOWN

    async def refused(self, message: Incoming, error: PoisonError) -> str:
        """Give up a message that nobody can read; nobody has claimed it."""
        await self._dead_letter(message, error.reason, error)
        name = message.headers.get(headers.TASK)
        if message.message_id and isinstance(name, str):
            claim_key = self._routes.claim_key(message.message_id, name)
            what = {"error": format_error(error), "reason": error.reason}
            await self._try(self._store.fail(claim_key, "", seconds=0.0, **what), is_owner=False)
        await ack(message)
        self._log.error(
            "dead letter", reason=error.reason, error=str(error), message_id=message.message_id
        )
        return DEAD

    async def _is_given_up(self, job: Job, error: Exception) -> bool:
        """Tell the handler that this was the last attempt; False when another one has to follow."""
        if job.route.give_up is None:
            return True
        try:
            with fail_after(job.route.seconds):
                await job.route.give_up(job.payload, job.context, self._resources, error)
        except Exception:  # noqa: BLE001 - whatever it is, the end is not recorded
            self._log.exception("the end could not be recorded")
            return job.context.attempt >= 2 * job.route.retries.attempts
        return True

    async def _defer(self, message: Incoming, seconds: float, more: dict[str, int]) -> None:
        same = {headers.ATTEMPT: attempt_of(message), headers.RETURNS: count_returns(message)}
        await self._send_again(message, {**same, **more}, seconds)
        await ack(message)

    async def _send_again(self, message: Incoming, changed: dict[str, int], seconds: float) -> None:
        carried = {**headers.copied_headers(message.headers), **changed}
        carried.pop(headers.DUE, None)
        await self._broker.send(_copy(message, carried), self._routes.queue, seconds)

    async def _dead_letter(self, message: Incoming, reason: str, error: BaseException) -> None:
        carried = {
            **headers.copied_headers(message.headers),
            headers.REASON: reason,
            headers.ERROR: format_error(error),
            headers.QUEUE: self._routes.queue,
            headers.DIED_AT: datetime.now(UTC).isoformat(),
        }
        await self._broker.send(_copy(message, carried), dead_queue(self._routes.queue))

    async def _write(
        self,
        job: Job,
        write: Callable[Concatenate[ClaimKey, str, P], Awaitable[bool]],
        *args: P.args,
        **what: P.kwargs,
    ) -> None:
        if job.claim_key is not None:
            await self._try(write(job.claim_key, job.token, *args, **what))

    async def _try(self, writing: Awaitable[bool], *, is_owner: bool = True) -> None:
        try:
            if not await writing and is_owner:
                self._log.warning("the claim was lost while the work ran")
        except UnavailableError as error:
            self._log.warning("the outcome could not be written down", reason=error.detail)


def _copy(message: Incoming, carried: dict[str, Any]) -> Outgoing:
    return Outgoing(
        id=message.message_id or "",
        body=message.body,
        correlation_id=message.correlation_id or "",
        headers=carried,
        time=message.timestamp or datetime.now(UTC),
    )
