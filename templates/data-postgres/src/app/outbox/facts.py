"""What a table's feature says about the events of its records."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.base import Record
from app.changes import Change
from shared.messaging.contract import EventData


@dataclass(frozen=True, kw_only=True)
class Fact:
    """An event with the id that it has whoever tells it."""

    event: EventData
    event_id: UUID


@dataclass(frozen=True, kw_only=True)
class TableEvents:
    """How a change of one table's records is told."""

    model: type[Record]
    # A change is always of this model; what comes is checked by whoever tells it.
    tell: Callable[[Any, Change], Fact]
