"""What Telegram refuses: requests that are to fail, and more messages than it allows."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from shared.testing.waiting import Changes

_TOO_MANY_REQUESTS = 429


class ApiError(Exception):
    """Telegram refuses a request, in its own words."""

    def __init__(self, status: int, description: str, *, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after


class Failure(BaseModel):
    """What is to go wrong with requests of a method (`download` for files) or chat, or with all.

    `loss` closes the connection: before the effect, or after it (a download: halfway). `hold`
    keeps requests waiting, before the effect, until the bot is healed. `body` is answered as it
    is, as by a proxy in front of Telegram. `times` is None: until the bot is healed.
    """

    model_config = ConfigDict(extra="forbid")

    method: str | None = None
    chat_id: int | None = None
    status: int = Field(default=500, ge=400, le=599)
    description: str | None = None
    retry_after: int | None = Field(default=None, ge=1)
    body: str | None = None
    loss: Literal["before", "after"] | None = None
    hold: bool = False
    times: int | None = Field(default=1, ge=1)

    def matches(self, method: str, chat_id: int | None) -> bool:
        """Whether this request is one of those meant."""
        wanted = self.method is None or self.method.lower() == method.lower()
        return wanted and self.chat_id in (None, chat_id)

    def error(self) -> ApiError:
        """Return it as Telegram words it."""
        words = {
            400: "Bad Request",
            401: "Unauthorized",
            403: "Forbidden: bot was blocked by the user",
            404: "Not Found",
            409: "Conflict: terminated by other getUpdates request; "
            "make sure that only one bot instance is running",
            429: f"Too Many Requests: retry after {self.retry_after or 1}",
            500: "Internal Server Error",
            502: "Bad Gateway",
        }
        retry_after = self.retry_after or (1 if self.status == _TOO_MANY_REQUESTS else None)
        description = self.description or words.get(self.status, "Failure")
        return ApiError(self.status, description, retry_after=retry_after)


class FailurePlan:
    """What is to go wrong with a bot's requests, oldest first."""

    def __init__(self, changes: Changes) -> None:
        self.failures: list[Failure] = []
        self.held: list[str] = []
        self._changes = changes

    def clear(self) -> None:
        """Let nothing go wrong any more; what is held goes on."""
        self.failures.clear()
        self._changes.notify()

    async def meet(self, method: str, chat_id: int | None = None) -> Failure | None:
        """Return what goes wrong with this request, and count it; wait while it is held."""
        failure = next((each for each in self.failures if each.matches(method, chat_id)), None)
        if failure is None:
            return None
        if failure.hold:
            await self._hold(method, failure)
            return None
        if failure.times is not None:
            failure.times -= 1
            if failure.times == 0:
                self.failures.remove(failure)
        return failure

    async def _hold(self, method: str, failure: Failure) -> None:
        self.held.append(method)
        self._changes.notify()
        try:
            await self._changes.wait_until(
                lambda: failure not in self.failures, timeout_seconds=None, what="the end of it"
            )
        finally:
            self.held.remove(method)


class FloodLimits(BaseModel):
    """How many messages a bot may send, in all and to one person; more are answered with 429."""

    model_config = ConfigDict(extra="forbid")

    per_second: float = Field(default=30, gt=0)
    per_chat_per_second: float = Field(default=1, gt=0)
    burst: int = Field(default=3, ge=1)


@dataclass
class _Rate:
    """Evenly spaced permissions, some of which may be taken at once (GCRA)."""

    per_second: float
    burst: float
    _next: float = 0

    def seconds_to_wait(self, now: float) -> float:
        return max(self._next - now - (self.burst - 1) / self.per_second, 0)

    def take(self, now: float) -> None:
        self._next = max(self._next, now) + 1 / self.per_second


class FloodControl:
    """Counts the messages of a bot against limits that can be switched on and off."""

    def __init__(self, limits: FloodLimits | None = None) -> None:
        self.limits = limits
        self._rates: dict[int | None, _Rate] = {}

    def count(self, chat_id: int, messages: int = 1) -> None:
        """Count messages to a person; ApiError 429 if they are too many."""
        if self.limits is None:
            return
        limits, now = self.limits, time.monotonic()
        everybody = self._rates.setdefault(
            None, _Rate(limits.per_second, max(limits.per_second, 1))
        )
        person = self._rates.setdefault(chat_id, _Rate(limits.per_chat_per_second, limits.burst))
        wait = max(everybody.seconds_to_wait(now), person.seconds_to_wait(now))
        if wait > 0:
            seconds = math.ceil(wait)
            message = f"Too Many Requests: retry after {seconds}"
            raise ApiError(_TOO_MANY_REQUESTS, message, retry_after=seconds)
        for _ in range(messages):
            everybody.take(now)
            person.take(now)
