"""The message that is being handled, as the cause of what is published meanwhile."""

from __future__ import annotations

from contextvars import ContextVar

_current: ContextVar[str | None] = ContextVar("message_id", default=None)


def current_message_id() -> str | None:
    """Return the id of the message being handled, or None outside of one."""
    return _current.get()


def begin_message(message_id: str) -> None:
    """Make this the message being handled until the running asyncio task ends."""
    _current.set(message_id)
