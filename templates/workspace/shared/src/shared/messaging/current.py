"""The message that is being handled, as the cause of what is published meanwhile."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_current: ContextVar[str | None] = ContextVar("message_id", default=None)


def current_message_id() -> str | None:
    """Return the id of the message being handled, or None outside of one."""
    return _current.get()


@contextmanager
def message_scope(message_id: str) -> Iterator[None]:
    """Make this the message being handled until the block ends."""
    token = _current.set(message_id)
    try:
        yield
    finally:
        _current.reset(token)
