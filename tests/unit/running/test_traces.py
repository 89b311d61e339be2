"""`up --observe` takes what services export, and shows each trace as a tree once it is complete."""

import threading
import urllib.error
import urllib.request
from collections.abc import Sequence

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from generator.errors import MissingPrerequisiteError
from generator.running import Span, TraceCollector, show_trace

TRACE = bytes.fromhex("4bf92f3577b34da6a3ce929d0e0e4736")
# Service, name, id, parent, start and end in milliseconds, whether it failed.
STEPS = [
    ("media-worker", "process media.process", 3, 2, 40, 190, False),
    ("users-data", "PATCH /api/v1/users/{id}/files", 4, 3, 100, 120, True),
    ("support-bot", "update", 2, 99, 0, 30, False),
]
SHOWN = """\
trace 4bf92f3577b34da6a3ce929d0e0e4736: 190 ms, services: 3
  support-bot  update                                +0 ms  30.0 ms
    media-worker  process media.process              +40 ms  150.0 ms
      users-data  PATCH /api/v1/users/{id}/files     +100 ms  20.0 ms  failed"""


def export(*steps: tuple[str, str, int, int, int, int, bool]) -> bytes:
    """What services send, each step in an export of its service."""
    request = ExportTraceServiceRequest()
    for service, name, own, parent, start, end, failed in steps:
        of_service = request.resource_spans.add()
        pair = of_service.resource.attributes.add(key="service.name")
        pair.value.string_value = service
        span = of_service.scope_spans.add().spans.add(name=name, trace_id=TRACE)
        span.span_id, span.parent_span_id = own.to_bytes(8), parent.to_bytes(8)
        span.start_time_unix_nano = (1_000 + start) * 1_000_000
        span.end_time_unix_nano = (1_000 + end) * 1_000_000
        span.status.code = 2 if failed else 1
    body: bytes = request.SerializeToString()
    return body


def post(collector: TraceCollector, body: bytes) -> int:
    url = collector.variables["OTEL_EXPORTER_OTLP_ENDPOINT"] + "/v1/traces"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, method="POST")) as answer:  # noqa: S310 - our own on loopback
            code: int = answer.status
            return code
    except urllib.error.HTTPError as error:
        return error.code


def test_a_trace_of_several_exports_is_one_tree_in_the_order_of_its_causes() -> None:
    shown: list[str] = []
    seen = threading.Event()

    def show(spans: Sequence[Span]) -> None:
        shown.append(show_trace(spans))
        seen.set()

    with TraceCollector(show) as collector:
        for step in STEPS:
            assert post(collector, export(step)) == 200
        # Nothing has come for a while, so it is complete.
        assert seen.wait(30)
    lines = [" ".join(line.split()) for line in shown[0].splitlines()]
    assert lines == [" ".join(line.split()) for line in SHOWN.splitlines()]
    depths = [len(line) - len(line.lstrip()) for line in shown[0].splitlines()]
    assert depths == [0, 2, 4, 6]
    assert len(shown) == 1


def test_what_is_not_complete_is_shown_at_the_end() -> None:
    shown: list[Sequence[Span]] = []
    with TraceCollector(shown.append) as collector:
        post(collector, export(STEPS[0]))
    assert [span.service for span in shown[0]] == ["media-worker"]


def test_what_is_no_export_is_refused_and_harms_nobody() -> None:
    shown: list[Sequence[Span]] = []
    with TraceCollector(shown.append) as collector:
        assert post(collector, b"no protobuf") == 400
        assert post(collector, export(STEPS[2])) == 200
    assert [span.name for span in shown[0]] == ["update"]


def test_spans_that_cause_each_other_are_shown_once() -> None:
    loop = [("a", "one", 1, 2, 0, 1, False), ("a", "two", 2, 1, 0, 1, False)]
    shown: list[Sequence[Span]] = []
    with TraceCollector(shown.append) as collector:
        post(collector, export(STEPS[2], *loop))
    assert "update" in show_trace(shown[0])


def test_without_what_reads_traces_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("generator.running.traces.import_module", nothing)
    with pytest.raises(MissingPrerequisiteError, match="not installed"), TraceCollector(print):
        pass
