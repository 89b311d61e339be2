"""Updates on their way to a bot: kept until it confirms them, or sent to its webhook."""

from __future__ import annotations

import ipaddress
import secrets
from contextlib import suppress
from itertools import islice, takewhile
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiogram.types import Update
from anyio import CancelScope, create_task_group, sleep

from shared.testing.telegram.failures import ApiError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from shared.testing.waiting import Changes

# What is sent only to bots that ask for it by name.
_ASKED_FOR = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_LONGEST_PAUSE_SECONDS = 5.0
_WEBHOOK_PORTS = (None, 80, 88, 443, 8443)


class UpdateQueue:
    """The updates that a bot has not confirmed, oldest first."""

    def __init__(self, changes: Changes) -> None:
        self.changes = changes
        self.waiting: dict[int, Update] = {}
        self.allowed: list[str] = []
        # As with Telegram, identifiers tell nothing about how many updates there were.
        self._next = 1 + secrets.randbelow(2**30)
        self._poller: object = None
        self._end_of_polling = ""

    @property
    def polled(self) -> bool:
        """Whether a request waits for updates."""
        return self._poller is not None

    def put(self, kind: str, event: object) -> None:
        """Add an update, if the bot wants such."""
        if kind in self.allowed or (not self.allowed and kind not in _ASKED_FOR):
            update = Update.model_validate({"update_id": self._next, kind: event})
            self.waiting[self._next] = update
            self._next += 1
            self.changes.notify()

    def confirm(self, offset: int) -> None:
        """Forget what is older than the offset; a negative one counts from the newest."""
        if offset < 0:
            last = list(self.waiting)[offset:]
            offset = last[0] if last else self._next
        for update_id in list(takewhile(lambda each: each < offset, self.waiting)):
            del self.waiting[update_id]
        self.changes.notify()

    def clear(self) -> None:
        """Forget all."""
        self.waiting.clear()

    async def poll(
        self, *, offset: int, limit: int, seconds: int, allowed: list[str] | None
    ) -> list[Update]:
        """Return the oldest updates from the offset on, once there are any or time is over.

        ApiError 409 when another one asks meanwhile, or a webhook is set.
        """
        if allowed is not None:
            self.allowed = allowed
        self.end_polling(
            "terminated by other getUpdates request; "
            "make sure that only one bot instance is running"
        )
        mine = self._poller = object()
        if offset:
            self.confirm(offset)

        def over() -> bool:
            return bool(self.waiting) or self._poller is not mine

        with suppress(TimeoutError):
            await self.changes.wait_until(over, timeout_seconds=seconds, what="an update")
        if self._poller is not mine:
            raise ApiError(409, f"Conflict: {self._end_of_polling}")
        self._poller = None
        return list(islice(self.waiting.values(), limit))

    def end_polling(self, reason: str) -> None:
        """Have the request fail that waits for updates, if one does."""
        self._poller, self._end_of_polling = None, reason
        self.changes.notify()

    def remove(self, update: Update) -> None:
        """Forget an update that the bot took."""
        self.waiting.pop(update.update_id, None)
        self.changes.notify()


class WebhookSender:
    """Sends a bot's updates: those of a person one by one, of several people side by side.

    What the bot does not take is sent again, with growing pauses, for as long as this runs.
    """

    def __init__(
        self,
        queue: UpdateQueue,
        send: Callable[[Update], Awaitable[bool]],
        *,
        connections: int,
        pause_seconds: float,
    ) -> None:
        """Send by `send`, which returns whether the bot took the update and raises nothing."""
        self._queue = queue
        self._send = send
        self._connections = connections
        self._pause = pause_seconds
        self._busy: set[int] = set()
        self._scope = CancelScope()

    def stop(self) -> None:
        """Send nothing any more; what is on its way may arrive, and is kept all the same."""
        self._scope.cancel()

    async def run(self) -> None:
        """Send until stopped."""
        with self._scope:
            async with create_task_group() as group:
                while True:
                    update = await self._queue.changes.wait_until(
                        self._next, timeout_seconds=None, what="an update"
                    )
                    self._busy.add(_person(update))
                    group.start_soon(self._deliver, update)

    def _next(self) -> Update | None:
        if len(self._busy) >= self._connections:
            return None
        waiting = self._queue.waiting.values()
        return next((each for each in waiting if _person(each) not in self._busy), None)

    async def _deliver(self, update: Update) -> None:
        pause = self._pause
        while not await self._send(update):
            await sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        self._busy.discard(_person(update))
        self._queue.remove(update)


def _person(update: Update) -> int:
    """Return whose update it is: only those of one person are kept in order."""
    sender = getattr(update.event, "from_user", None)
    return sender.id if sender else 0


def check_webhook_url(url: str) -> None:
    """Raise ApiError unless Telegram would send updates there; loopback may do without TLS."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ApiError(400, "Bad Request: bad webhook: invalid webhook URL specified") from None
    if parts.scheme == "http" and _is_loopback(host):
        return
    if parts.scheme != "https" or not host:
        message = "bad webhook: An HTTPS URL must be provided for webhook"
        raise ApiError(400, f"Bad Request: {message}")
    if port not in _WEBHOOK_PORTS and not _is_loopback(host):
        message = "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"
        raise ApiError(400, f"Bad Request: {message}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
