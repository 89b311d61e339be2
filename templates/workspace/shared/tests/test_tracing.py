"""Requests are traced when OpenTelemetry is configured."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import format_trace_id

from shared.log import configure_logging
from shared.testing import client
from tests.support.applications import failing_app

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

    from shared.settings import ServiceSettings


@pytest.fixture
def spans(provider: TracerProvider) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


async def test_a_request_is_one_span_whose_trace_is_in_the_log(
    settings: ServiceSettings, spans: InMemorySpanExporter, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(settings)

    async with client(failing_app(settings)) as http:
        await http.get("/api/v1/items/1")

    (span,) = spans.get_finished_spans()
    assert span.name == "GET /api/v1/items/{number}"
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert span.context is not None
    assert line["trace_id"] == format_trace_id(span.context.trace_id)


async def test_a_probe_makes_no_span(
    settings: ServiceSettings, spans: InMemorySpanExporter
) -> None:
    async with client(failing_app(settings)) as http:
        await http.get("/ready")

    assert not spans.get_finished_spans()


async def test_an_unexpected_error_marks_its_span(
    settings: ServiceSettings, spans: InMemorySpanExporter
) -> None:
    async with client(failing_app(settings)) as http:
        await http.get("/api/v1/errors/unexpected")

    (span,) = spans.get_finished_spans()
    assert not span.status.is_ok
    assert (span.attributes or {})["error.type"] == "RuntimeError"
