"""`up --observe` has services export their traces to it, and shows them among what it says."""

import httpx2
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.running.support import Shop, environment_of


def test_services_are_told_where_to_export_to_and_a_trace_is_shown(shop: Shop, port: int) -> None:
    shop.add("items-data", port)
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add(name="GET /api/v1/items")
    span.trace_id, span.span_id = bytes(range(16)), bytes(range(8))
    with shop.running("--observe") as up:
        up.wait()
        told = environment_of(f"http://127.0.0.1:{port}")
        assert told["OTEL_METRICS_EXPORTER"] == told["OTEL_LOGS_EXPORTER"] == "none"
        url = f"{told['OTEL_EXPORTER_OTLP_ENDPOINT']}/v1/traces"
        answer = httpx2.post(url, content=request.SerializeToString())
        assert answer.status_code == httpx2.codes.OK
    assert f"trace {bytes(range(16)).hex()}: 0 ms, services: 1" in up.stderr
    assert "GET /api/v1/items" in up.stderr


def test_without_it_nothing_is_told(shop: Shop, port: int) -> None:
    shop.add("items-data", port)
    with shop.running() as up:
        up.wait()
        told = environment_of(f"http://127.0.0.1:{port}")
        assert not [name for name in told if name.startswith("OTEL_")]


@pytest.mark.parametrize("background", ["--detach", "--until-ready"])
def test_in_the_background_nobody_would_see_it(shop: Shop, port: int, background: str) -> None:
    shop.add("items-data", port)
    refused = shop("up", "--observe", background).failed(2)
    assert "--observe is for what is shown" in refused.stderr
