"""The request id and the trace go along."""

from __future__ import annotations

from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from shared.correlation import request_scope
from tests.support.clients import client_of
from tests.support.provider import providing

TRACE, SPAN = 0x0AF7651916CD43DD8448EB211C80319C, 0xB7AD6B7169203331
PARENT = f"00-{TRACE:032x}-{SPAN:016x}-01"


async def test_the_request_id_goes_along_or_a_new_one_is_made() -> None:
    async with providing() as provider, client_of(provider.url) as client:
        with request_scope("id-1"):
            await client.get("/", into=object)
        await client.get("/", into=object)

    ids = [request.headers["x-request-id"] for request in provider.received]
    assert ids[0] == "id-1"
    assert len(ids[1]) == 32


async def test_the_trace_goes_along() -> None:
    context = SpanContext(TRACE, SPAN, is_remote=False, trace_flags=TraceFlags(1))
    async with providing() as provider, client_of(provider.url) as client:
        with trace.use_span(NonRecordingSpan(context)):
            await client.get("/", into=object)

    assert provider.received[0].headers["traceparent"] == PARENT
