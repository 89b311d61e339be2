"""Handles what is in the inbox: each person's updates in order, different people side by side."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING

import structlog
from aiogram.types import Update
from anyio import fail_after
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from pydantic import ValidationError

from app.errors import RetryLaterError
from app.redis import translate_errors
from shared.background import cancel_all
from shared.correlation import begin_request
from shared.errors import UnavailableError
from shared.messaging.messages import consumer_span

if TYPE_CHECKING:
    from aiogram import Bot, Dispatcher

    from app.settings import BotSettings
    from app.updates.inbox import Claim, Inbox

ATTEMPTS = 8
LONGEST_WAIT_SECONDS = 60.0
HANDLING_SECONDS = 300.0
# What another process has accepted is seen after so long at the latest.
LOOK_SECONDS = 0.5
PAUSE_SECONDS = 1.0
HANDLED, FAILED, RETRIED = "handled", "failed", "retried"

_log = structlog.stdlib.get_logger(__name__)


class UpdateMetrics:
    """What is measured of updates."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.seconds = Histogram(
            "bot_update_seconds",
            "Time that handling an update, or an album, took.",
            ("outcome",),
            registry=registry,
        )
        self.in_flight = Gauge(
            "bot_updates_in_flight", "People being served now.", registry=registry
        )
        self.dropped = Counter(
            "bot_updates_dropped",
            "Updates that were given up or that there was no room for.",
            registry=registry,
        )


class UpdateProcessor:
    """Serves up to `updates_in_flight` people at the same time until it is stopped.

    Whatever is logged about an update, here and in every service that is asked, has one request id,
    the same in each attempt.
    """

    def __init__(
        self, settings: BotSettings, inbox: Inbox, dispatcher: Dispatcher, metrics: UpdateMetrics
    ) -> None:
        self._settings, self._inbox = settings, inbox
        self._dispatcher, self._metrics = dispatcher, metrics
        self._slots = asyncio.Semaphore(settings.updates_in_flight)
        self._tasks: set[asyncio.Task[None]] = set()
        self._claims: dict[str, Claim] = {}
        self._came, self._stopping = asyncio.Event(), False
        metrics.in_flight.set_function(lambda: len(self._tasks))

    def wake(self) -> None:
        """Look into the inbox at once: something has come."""
        self._came.set()

    async def run(self, bot: Bot) -> None:
        """Serve people until `stop` is called."""
        while not self._stopping:
            await self._slots.acquire()
            claim = await self._next()
            if claim is None:
                self._slots.release()
                continue
            task = asyncio.create_task(self._serve(bot, claim))
            self._tasks.add(task)
            task.add_done_callback(self._done)

    async def renew_claims(self) -> None:
        """Keep the claims of all updates in flight, until cancelled."""
        while True:
            await asyncio.sleep(self._settings.update_claim_seconds / 3)
            for claim in tuple(self._claims.values()):
                try:
                    renewed = await self._inbox.renew(claim)
                except UnavailableError as error:
                    _log.warning("a claim could not be renewed", error=str(error))
                    continue
                # One that has ended meanwhile is nobody's.
                if not renewed and claim.token in self._claims:
                    del self._claims[claim.token]
                    _log.warning("another process has taken over", person=claim.person)

    def stop(self) -> None:
        """Take nothing more."""
        self._stopping = True
        self.wake()

    async def finish(self, seconds: float) -> None:
        """Wait for what is in flight, and give the rest back after so many seconds."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(set(self._tasks), timeout=max(0.0, seconds))
        await cancel_all(late)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._slots.release()
        if not task.cancelled() and (error := task.exception()):
            _log.error("an update could not be settled; it comes again", exc_info=error)

    async def _next(self) -> Claim | None:
        """Return what is to be handled, once there is something; None when to look again."""
        self._came.clear()
        if self._stopping:
            return None
        try:
            found = await self._inbox.claim()
        except UnavailableError as error:
            _log.warning("the inbox can't be read", error=str(error))
            found = PAUSE_SECONDS
        if not isinstance(found, float):
            return found
        with suppress(TimeoutError):
            async with asyncio.timeout(min(found, LOOK_SECONDS)):
                await self._came.wait()
        return None

    async def _serve(self, bot: Bot, claim: Claim) -> None:
        """Handle what comes first in a queue, and say what has become of it."""
        begin_request(f"update-{claim.updates[0].update_id}", telegram_id=int(claim.person))
        try:
            updates = _first_unit(bot, claim)
        except ValidationError:
            _log.exception("an update can't be read", update=claim.updates[0].body[:200])
            self._metrics.dropped.inc()
            await self._complete(claim, 1)
            return
        if (wait := self._seconds_until_complete(claim, updates)) > 0:
            await self._inbox.release(claim, wait, failed=False)
            return
        started, outcome = perf_counter(), "cancelled"
        self._claims[claim.token] = claim
        # Where a trace begins: Telegram sends none along.
        with consumer_span("update", {}):
            try:
                outcome = await self._handle(bot, claim, updates)
            except asyncio.CancelledError:
                # Another process, or this one after its restart, takes it up without waiting.
                await self._inbox.release(claim, 0, failed=False)
                raise
            finally:
                self._claims.pop(claim.token, None)
                seconds = perf_counter() - started
                self._metrics.seconds.labels(outcome).observe(seconds)
                _log.info(f"update {outcome}", duration_ms=round(seconds * 1000, 2))

    async def _handle(self, bot: Bot, claim: Claim, updates: tuple[Update, ...]) -> str:
        final, outcome = claim.attempt >= ATTEMPTS, HANDLED
        first = claim.updates[0].body[:200]
        try:
            # One that took processes down with it is not tried for ever.
            if claim.attempt > ATTEMPTS:
                raise RetryLaterError("all attempts have failed")  # noqa: TRY301 - the same end
            # What aiogram asks Redis for before a handler runs fails as redis-py has it.
            with fail_after(HANDLING_SECONDS), translate_errors():
                await self._feed(bot, updates, final=final)
        except (RetryLaterError, UnavailableError) as error:
            if not final:
                wait = min(2.0 ** (claim.attempt - 1), LONGEST_WAIT_SECONDS)
                await self._inbox.release(claim, wait, failed=True)
                _log.warning("an update is handled again", again_in=wait, error=str(error))
                return RETRIED
            outcome = FAILED
            self._metrics.dropped.inc(len(updates))
            _log.exception("an update is given up", update=first)
        except Exception:  # noqa: BLE001 - whatever it is: the next one is to be handled
            outcome = FAILED
            _log.exception("an update could not be handled", update=first)
        await self._complete(claim, len(updates))
        return outcome

    async def _complete(self, claim: Claim, count: int) -> None:
        await self._inbox.complete(claim, claim.updates[:count])
        # There may be more of this person, and the loop may be waiting.
        self.wake()

    async def _feed(self, bot: Bot, updates: tuple[Update, ...], *, final: bool) -> None:
        messages = tuple(each.message for each in updates if each.message is not None)
        await self._dispatcher.feed_update(bot, updates[0], album=messages, final=final)

    def _seconds_until_complete(self, claim: Claim, updates: tuple[Update, ...]) -> float:
        """Return how long more of an album may come; what follows it says that it is complete."""
        if not _album_of(updates[0]) or len(updates) < len(claim.updates):
            return 0.0
        youngest = min(each.age_seconds for each in claim.updates)
        return self._settings.album_seconds - youngest


def _first_unit(bot: Bot, claim: Claim) -> tuple[Update, ...]:
    """Return the first update of a queue, and the rest of its album."""
    updates: list[Update] = []
    for stored in claim.updates:
        update = Update.model_validate_json(stored.body, context={"bot": bot})
        if updates and _album_of(update) != _album_of(updates[0]):
            break
        updates.append(update)
        if not _album_of(update):
            break
    return tuple(updates)


def _album_of(update: Update) -> str | None:
    return update.message.media_group_id if update.message else None
