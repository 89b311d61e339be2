"""Sends the broadcast at its rate, to each person once, whichever process goes on with it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING

import anyio
import structlog
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import SendMessage
from aiogram.types import BufferedInputFile
from aiohttp import ClientConnectorError

from app.admin import texts
from app.admin.broadcasts import Mark
from app.telegram import is_unreachable, send_html
from shared.background import running
from shared.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiogram import Bot

    from app.admin.audience import Audience
    from app.admin.broadcasts import Broadcast, Broadcasts, Recipient
    from app.translations import Translations

AT_ONCE = 10
LOOK_SECONDS, PAUSE_SECONDS = 1.0, 1.0
SEND_SECONDS = 20
# More names than these are sent as a file.
NAMES_IN_TEXT = 20

_log = structlog.stdlib.get_logger(__name__)


class _LeaseLostError(Exception):
    """Another process has taken over."""


class Broadcaster:
    """Goes on with the broadcast that there is, unless another process does."""

    def __init__(
        self,
        bot: Bot,
        broadcasts: Broadcasts,
        audience: Audience,
        translations: Translations,
        *,
        per_second: float,
    ) -> None:
        self._bot, self._broadcasts, self._audience = bot, broadcasts, audience
        self._translations = translations
        self._pace = Pace(per_second)
        self._wanted, self._stopped = asyncio.Event(), False

    def wake(self) -> None:
        """Look at once: there is something to send."""
        self._wanted.set()

    async def run(self) -> None:
        """Send whatever there is to send, until cancelled."""
        while True:
            try:
                await self._go_on()
            except (UnavailableError, TelegramAPIError, ClientDecodeError) as error:
                _log.warning("the broadcast waits", error=str(error))
                await asyncio.sleep(PAUSE_SECONDS)
            self._wanted.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._wanted.wait()

    async def _go_on(self) -> None:
        if await self._broadcasts.current() is None or not await self._broadcasts.take():
            return
        self._stopped = False
        try:
            async with self._kept():
                await self._send_all()
        except _LeaseLostError:
            _log.warning("another process has taken the broadcast over")
        finally:
            with anyio.CancelScope(shield=True):
                await self._broadcasts.free()

    async def _send_all(self) -> None:
        # Whom a process before this one was about to reach, it may have reached.
        for each in await self._broadcasts.page():
            if each.mark is Mark.SENDING:
                await self._broadcasts.mark(each, Mark.UNKNOWN)
        while (broadcast := await self._broadcasts.current()) is not None:
            self._stopped = self._stopped or broadcast.stopped
            if not await self._broadcasts.page() and not (broadcast.is_last or self._stopped):
                await self._broadcasts.open_page(*await self._audience.page(broadcast.cursor))
                continue
            await self._send_page(broadcast)
            await self._broadcasts.close_page()
            if broadcast.is_last or self._stopped:
                await self._report()
                await self._broadcasts.end()

    async def _send_page(self, broadcast: Broadcast) -> None:
        """Send it to everybody on the page who waits, those whom Telegram put off included."""
        slots = asyncio.Semaphore(AT_ONCE)
        while not self._stopped:
            page = await self._broadcasts.page()
            waiting = [each for each in page if each.mark is Mark.WAITING]
            if not waiting:
                return
            async with anyio.create_task_group() as group:
                for each in waiting:
                    await self._pace.wait()
                    if self._stopped:
                        break
                    await slots.acquire()
                    group.start_soon(self._send_one, broadcast.text, each, slots)

    async def _send_one(self, html: str, to: Recipient, slots: asyncio.Semaphore) -> None:
        try:
            await self._broadcasts.mark(to, Mark.SENDING)
            await self._broadcasts.mark(to, await self._send(html, to.telegram_id))
        finally:
            slots.release()

    async def _send(self, html: str, person: int) -> Mark:
        """Send it once, and return what is known of it."""
        message = SendMessage(chat_id=person, text=html, parse_mode="HTML")
        try:
            # Not by way of what repeats requests: one that was lost may have had its effect.
            await self._bot.session.make_request(self._bot, message, timeout=SEND_SECONDS)
        except TelegramRetryAfter as error:
            self._pace.pause(error.retry_after)
            return Mark.WAITING
        except TelegramServerError:
            self._pace.pause(PAUSE_SECONDS)
            return Mark.WAITING
        except (TelegramNetworkError, ClientDecodeError) as error:
            if isinstance(error.__cause__, ClientConnectorError):
                self._pace.pause(PAUSE_SECONDS)
                return Mark.WAITING
            _log.warning(
                "a person may have got the broadcast", telegram_id=person, error=str(error)
            )
            return Mark.UNKNOWN
        except TelegramAPIError as error:
            if not is_unreachable(error):
                _log.warning(
                    "a person did not get the broadcast", telegram_id=person, error=str(error)
                )
            return Mark.UNREACHABLE
        return Mark.SENT

    async def _report(self) -> None:
        broadcast = await self._broadcasts.current()
        if broadcast is None:
            return
        missed = await self._broadcasts.missed()
        lines = [f"{mark}\t{person}" for mark, person in missed]
        with self._translations.use_language(broadcast.language):
            shown = lines if len(lines) <= NAMES_IN_TEXT else []
            await send_html(self._bot, broadcast.admin, texts.report(broadcast, shown))
            if len(lines) > NAMES_IN_TEXT:
                content = "\n".join(lines).encode()
                document = BufferedInputFile(content, filename="not-reached.tsv")
                await self._bot.send_document(broadcast.admin, document)

    @asynccontextmanager
    async def _kept(self) -> AsyncIterator[None]:
        """Keep the right to send for as long as the block takes; end it when that is lost."""
        lost = False
        with anyio.CancelScope() as scope:

            async def keep() -> None:
                nonlocal lost
                while True:
                    await asyncio.sleep(min(LOOK_SECONDS, self._broadcasts.lease_seconds / 3))
                    state = await self._broadcasts.keep()
                    self._stopped = self._stopped or state == "stopped"
                    if state == "lost":
                        lost = True
                        scope.cancel()

            async with running(keep):
                yield
        if lost:
            raise _LeaseLostError


class Pace:
    """Lets so many through in a second, and nobody during a pause."""

    def __init__(self, per_second: float) -> None:
        self._seconds, self._next = 1 / per_second, 0.0

    def pause(self, seconds: float) -> None:
        """Let nobody through for so long."""
        self._next = max(self._next, monotonic() + seconds)

    async def wait(self) -> None:
        """Return when it is the next one's turn."""
        now = monotonic()
        turn = max(self._next, now)
        self._next = turn + self._seconds
        if turn > now:
            await asyncio.sleep(turn - now)
