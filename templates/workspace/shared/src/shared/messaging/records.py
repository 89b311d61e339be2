"""What is said between the broker's side and the store."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Verdict(StrEnum):
    """What may be done with a message that has arrived."""

    RUN = "run"
    DONE = "done"
    CANCELLED = "cancelled"
    BUSY = "busy"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is claimed: a task by its id, or an event once for each queue that gets it.

    `queue` is the broker's name without the prefix, `tasks.media`. An event has no status record;
    only that it was handled is remembered.
    """

    id: str
    name: str
    queue: str
    is_event: bool = False


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The answer to `begin`; `token` is the owner's, and set when the verdict is RUN.

    `seconds` is how long another's lease has still to go, when the verdict is BUSY.
    """

    verdict: Verdict
    token: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class NewTask:
    """A task about to be published; `digest` is of its payload, for idempotency keys.

    `owner` names who may ask what became of it; empty: whoever keeps the task did not say.
    """

    id: str
    name: str
    queue: str
    digest: str
    due: datetime | None = None
    correlation_id: str = ""
    owner: str = ""


@dataclass(frozen=True, kw_only=True)
class Registered:
    """The answer to `register`: whether this task is to be published.

    False when one of the same id was published before; `conflict` when that one had another
    payload.
    """

    publish: bool
    conflict: bool = False
