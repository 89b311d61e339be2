"""Brings updates from Telegram into the inbox, which is when Telegram may forget them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from aiogram.dispatcher.middlewares.user_context import UserContextMiddleware

from app.updates.inbox import Inbox, Incoming

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiogram.types import Update

    from app.updates.processor import UpdateMetrics, UpdateProcessor

_log = structlog.stdlib.get_logger(__name__)


class Intake:
    """Takes updates in, whichever way they come."""

    def __init__(self, inbox: Inbox, processor: UpdateProcessor, metrics: UpdateMetrics) -> None:
        self._inbox, self._processor, self._metrics = inbox, processor, metrics

    async def accept(self, updates: Sequence[Update]) -> None:
        """Keep updates; raises UnavailableError, and then none of them may be confirmed."""
        dropped = await self._inbox.accept([_incoming(update) for update in updates])
        for update_id in dropped:
            self._metrics.dropped.inc()
            _log.warning("an update was dropped: too many of one person wait", update_id=update_id)
        self._processor.wake()


def _incoming(update: Update) -> Incoming:
    context = UserContextMiddleware.resolve_event_context(update)
    return Incoming(
        update_id=update.update_id,
        person=context.user_id or context.chat_id or 0,
        body=update.model_dump_json(exclude_unset=True, by_alias=True),
    )
