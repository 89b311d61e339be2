"""Reads a message: which route it is for, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from time import time
from typing import TYPE_CHECKING

from pydantic import ValidationError

from shared.correlation import accepted_request_id
from shared.messaging import headers
from shared.messaging.consuming.handlers import Work
from shared.messaging.ladder import UNIT_SECONDS

if TYPE_CHECKING:
    from shared.messaging.consuming.routes import Route, Routes
    from shared.messaging.incoming import Incoming
    from shared.messaging.records import Subject

UNKNOWN_TASK, UNKNOWN_EVENT = "unknown-task", "unknown-event"
INVALID_JSON, INVALID_PAYLOAD = "invalid-json", "invalid-payload"


class PoisonError(Exception):
    """The message can never be handled, for this reason."""

    def __init__(self, reason: str, why: str) -> None:
        super().__init__(why)
        self.reason = reason


@dataclass(kw_only=True, slots=True)
class Job:
    """A message that could be read; it has a subject and a token once it is claimed."""

    message: Incoming
    route: Route
    payload: object
    work: Work
    subject: Subject | None = None
    token: str = ""


def read(message: Incoming, routes: Routes) -> Job:
    """Return what is to be done for a message; raises PoisonError."""
    carried = message.headers
    name = carried.get(routes.header)
    route = routes.by_name.get(name) if isinstance(name, str) else None
    if route is None:
        reason = UNKNOWN_EVENT if routes.is_events else UNKNOWN_TASK
        raise PoisonError(reason, f"nobody handles {name!r} here")
    if not message.message_id:
        raise PoisonError(INVALID_PAYLOAD, "the message has no id")
    try:
        payload = route.read(message.body)
    except ValidationError as error:
        raise _poison(error) from None
    work = Work(
        id=message.message_id,
        name=route.name,
        attempt=attempt_of(message),
        correlation_id=accepted_request_id(message.correlation_id),
        enqueued_at=message.timestamp,
    )
    return Job(message=message, route=route, payload=payload, work=work)


def seconds_left(message: Incoming) -> float:
    """Return how long a message has still to wait that is due later than the longest wait."""
    due = message.headers.get(headers.DUE)
    left = due / 1000 - time() if isinstance(due, int) else 0.0
    return left if left > UNIT_SECONDS else 0.0


def attempt_of(message: Incoming) -> int:
    """Return which attempt this is, 1 for a message that does not say."""
    attempt = message.headers.get(headers.ATTEMPT)
    return attempt if isinstance(attempt, int) and attempt > 0 else 1


def _poison(error: ValidationError) -> PoisonError:
    # The input stays out: it is what people wrote, and headers are for everybody to see.
    findings = error.errors(include_url=False, include_input=False, include_context=False)
    is_json = any(finding["type"] == "json_invalid" for finding in findings)
    told = [f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}" for each in findings]
    return PoisonError(INVALID_JSON if is_json else INVALID_PAYLOAD, "; ".join(told))
