"""Messages as they come from the broker and go to it, the one being handled, and their trace."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from opentelemetry import propagate, trace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aio_pika.abc import AbstractIncomingMessage

# What a consumer gets; it must be acked or nacked once.
Incoming: TypeAlias = "AbstractIncomingMessage"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """What is published: JSON with an id, the request it belongs to, and headers."""

    id: str
    body: bytes
    correlation_id: str
    headers: dict[str, Any]
    time: datetime = field(default_factory=lambda: datetime.now(UTC))


_current: ContextVar[str | None] = ContextVar("message_id", default=None)


def current_message_id() -> str | None:
    """Return the id of the message being handled, or None outside of one."""
    return _current.get()


def begin_message(message_id: str) -> None:
    """Make this the message being handled until the running asyncio task ends."""
    _current.set(message_id)


def consumer_span(name: str, headers: Mapping[str, Any]) -> AbstractContextManager[object]:
    """Handle a message in a span of its sender's trace, whose id is in every log line."""
    # Most messages of most services have no trace, and a span that goes nowhere is not free.
    configured = not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)
    if not configured and "traceparent" not in headers:
        return nullcontext()
    fields = propagate.get_global_textmap().fields
    sent = {field: headers[field] for field in fields if isinstance(headers.get(field), str)}
    return trace.get_tracer("shared.messaging").start_as_current_span(
        f"process {name}", propagate.extract(sent), kind=trace.SpanKind.CONSUMER
    )
