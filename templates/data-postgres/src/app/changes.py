"""Tells who listens of every record that is written, within the transaction that writes it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from app.base import Record

# Where a session keeps its listeners.
LISTENERS = "listeners"


class Kind(StrEnum):
    """What was done with a record."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A record as it is after it was written, or was before it was removed."""

    kind: Kind
    record: Record


# What it raises undoes the change.
Listener: TypeAlias = Callable[[AsyncSession, Change], Awaitable[None]]


async def tell(session: AsyncSession, kind: Kind, record: Record) -> None:
    """Tell the listeners of this session's database; raises what they raise."""
    listeners: Sequence[Listener] = session.info.get(LISTENERS, ())
    for listener in listeners:
        await listener(session, Change(kind=kind, record=record))
