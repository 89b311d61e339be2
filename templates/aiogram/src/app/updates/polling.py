"""Asks Telegram for updates, from one process at a time."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from secrets import token_hex
from time import monotonic
from typing import TYPE_CHECKING

import structlog
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramConflictError,
    TelegramRetryAfter,
)

from app.redis import ServiceRedis, translate_errors
from app.telegram import new_bot
from shared.background import running
from shared.errors import ConfigurationError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiogram import Bot

    from app.settings import BotSettings
    from app.updates.intake import Intake

POLL_SECONDS, PROBE_SECONDS = 25, 1
BATCH = 100
# One that was not renewed for so long belongs to a process that is gone.
LEASE_SECONDS = 6.0
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 15.0
# An answer that is later than this means that Telegram is away.
LATE_SECONDS = POLL_SECONDS + 20
_ALREADY_POLLED = (
    "BOT_MODE=polling is for one process, and another one polls with this TELEGRAM_TOKEN:"
    " stop that one, or use BOT_MODE=webhook"
)
_RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""
_FREE = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end return 1"

_log = structlog.stdlib.get_logger(__name__)


class PollerLease:
    """Says that this process is the one that polls."""

    def __init__(self, redis: ServiceRedis, bot_id: int) -> None:
        self._key, self._token = redis.key("poller", bot_id), token_hex(8)
        self._client = redis.client
        self._renew = redis.client.register_script(_RENEW)
        self._free = redis.client.register_script(_FREE)
        self._milliseconds = round(LEASE_SECONDS * 1000)

    async def take(self) -> None:
        """Return once it is taken: another process may have it, or have been killed with it."""
        warned = False
        while True:
            try:
                if await self._is_taken():
                    return
            except UnavailableError as error:
                _log.warning("the right to poll could not be taken", error=str(error))
            else:
                if not warned:
                    _log.warning(_ALREADY_POLLED)
                warned = True
            await asyncio.sleep(PAUSE_SECONDS * 2)

    async def keep(self) -> None:
        """Renew it, for ever."""
        while True:
            await asyncio.sleep(LEASE_SECONDS / 3)
            try:
                with translate_errors():
                    kept = await self._renew(
                        keys=[self._key], args=[self._token, self._milliseconds]
                    )
                if not kept and not await self._is_taken():
                    _log.error(_ALREADY_POLLED)
            except UnavailableError as error:
                _log.warning("the right to poll could not be renewed", error=str(error))

    async def free(self) -> None:
        """Let another process take it at once; without Redis, in some seconds."""
        with suppress(UnavailableError), translate_errors():
            await self._free(keys=[self._key], args=[self._token])

    async def _is_taken(self) -> bool:
        with translate_errors():
            return bool(
                await self._client.set(self._key, self._token, nx=True, px=self._milliseconds)
            )


async def check_alone(settings: BotSettings) -> None:
    """Raise ConfigurationError if another process polls with this token.

    Of two that poll, Telegram ends the request of whoever asked first; and the other one asks again
    while this one waits. No update is confirmed by that.
    """
    bot = new_bot(settings)
    try:
        await bot.delete_webhook(drop_pending_updates=False)
        await bot.get_updates(limit=1, timeout=PROBE_SECONDS)
    except TelegramConflictError:
        raise ConfigurationError(_ALREADY_POLLED) from None
    except (TelegramAPIError, ClientDecodeError) as error:
        _log.warning("Telegram can't be reached", error=type(error).__name__)
    finally:
        await bot.session.close()


class Polling:
    """Polls until it is stopped; what Telegram has given is confirmed once the inbox has it."""

    def __init__(
        self, bot: Bot, intake: Intake, lease: PollerLease, allowed: Sequence[str]
    ) -> None:
        self._bot, self._intake, self._lease = bot, intake, lease
        self._allowed, self._offset = [*allowed], 0
        self._heard_at: float | None = None

    async def run(self) -> None:
        """Poll for ever, once no other process does."""
        await self._lease.take()
        self._heard_at = monotonic()
        async with running(self._lease.keep):
            await self._run()

    async def _run(self) -> None:
        pause = PAUSE_SECONDS
        while True:
            try:
                await self._poll()
            except TelegramConflictError:
                failure, pause = _ALREADY_POLLED, PAUSE_SECONDS
            except TelegramRetryAfter as error:
                failure, pause = "Telegram asks to wait", float(error.retry_after)
            except (TelegramAPIError, ClientDecodeError, UnavailableError) as error:
                failure, pause = (
                    f"polling has failed: {error}",
                    min(pause * 2, LONGEST_PAUSE_SECONDS),
                )
            else:
                pause = PAUSE_SECONDS
                continue
            _log.warning(failure, again_in=pause)
            await asyncio.sleep(pause)

    async def ping(self) -> None:
        """Raise UnavailableError until this process polls, or while Telegram does not answer."""
        if self._heard_at is None:
            raise UnavailableError("It does not poll yet; another process may.")
        if monotonic() - self._heard_at > LATE_SECONDS:
            raise UnavailableError("Telegram does not answer.")

    async def _poll(self) -> None:
        updates = await self._bot.get_updates(
            offset=self._offset or None,
            limit=BATCH,
            timeout=POLL_SECONDS,
            allowed_updates=self._allowed,
            request_timeout=LATE_SECONDS,
        )
        self._heard_at = monotonic()
        if updates:
            await self._intake.accept(updates)
            # Telegram forgets them at the next request, and the inbox knows those that come twice.
            self._offset = updates[-1].update_id + 1
