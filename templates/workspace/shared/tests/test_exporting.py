"""What happens in a process goes to a collector by OTLP, once the process is told where that is."""

from __future__ import annotations

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from shared.testing.waiting import wait_until
from tests.support.gate import Gate
from tests.support.running import HOLD, SERVICE, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOON = {
    "OTEL_METRIC_EXPORT_INTERVAL": "200",
    "OTEL_BSP_SCHEDULE_DELAY": "100",
    "OTEL_BLRP_SCHEDULE_DELAY": "100",
}
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
# What a process does that is told nowhere to export to.
OFF = """
import asyncio, sys
from shared.log import configure_logging
from shared.settings import ServiceSettings
from shared.testing import client
from shared.web import create_app

async def main():
    settings = ServiceSettings(service_name="quiet")
    configure_logging(settings)
    async with client(create_app(settings=settings, features=())) as http:
        assert (await http.get("/openapi.json")).status_code == 404

asyncio.run(main())
loaded = [name for name in sys.modules if name.startswith("opentelemetry.")]
assert not [name for name in loaded if name.split(".")[1] in {"sdk", "exporter", "proto"}], loaded
"""


class Collector(ThreadingHTTPServer):
    """Takes what is exported, as a real collector does."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.traces = ExportTraceServiceRequest()
        self.metrics = ExportMetricsServiceRequest()
        self.logs = ExportLogsServiceRequest()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def spans(self) -> list[Any]:
        scopes = [scope for one in self.traces.resource_spans for scope in one.scope_spans]
        return [span for scope in scopes for span in scope.spans]

    @property
    def lines(self) -> list[Any]:
        scopes = [scope for one in self.logs.resource_logs for scope in one.scope_logs]
        return [line for scope in scopes for line in scope.log_records]

    @property
    def names(self) -> set[str]:
        """The services that have exported something."""
        exported = (
            *self.traces.resource_spans, *self.metrics.resource_metrics, *self.logs.resource_logs
        )  # fmt: skip
        named = [pair for one in exported for pair in one.resource.attributes]
        return {pair.value.string_value for pair in named if pair.key == "service.name"}

    @property
    def measured(self) -> set[str]:
        scopes = [scope for one in self.metrics.resource_metrics for scope in one.scope_metrics]
        return {metric.name for scope in scopes for metric in scope.metrics}


class Taking(BaseHTTPRequestHandler):
    """Adds up what comes."""

    server: Collector

    def do_POST(self) -> None:
        kept: dict[str, Any] = {
            "/v1/traces": self.server.traces,
            "/v1/metrics": self.server.metrics,
            "/v1/logs": self.server.logs,
        }
        kept[self.path].MergeFromString(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


async def test_a_request_is_exported_as_a_span_a_metric_and_its_log_lines(
    collector: Collector, tmp_path: Path
) -> None:
    gate = Gate(tmp_path)
    gate.open()
    told = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_SERVICE_NAME": "held", **SOON}
    headers = {"X-Request-ID": "id-1", "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    async with running(SERVICE, GATE=gate, **told) as service, httpx2.AsyncClient() as browser:
        await browser.get(await service.url() + HOLD, headers=headers)
        access = await service.logged(f"GET {HOLD} 200")

        async def exported() -> bool:
            lines = {line.body.string_value for line in collector.lines}
            wanted = "http.server.request.duration"
            return (
                bool(collector.spans)
                and wanted in collector.measured
                and (access["message"] in lines)
            )

        await wait_until(exported, timeout_seconds=60, what="the export")

    [span] = [span for span in collector.spans if span.name == f"GET {HOLD}"]
    assert span.trace_id.hex() == TRACE == access["trace_id"]
    [line] = [line for line in collector.lines if line.body.string_value == access["message"]]
    assert (line.trace_id, line.span_id) == (span.trace_id, span.span_id)
    facts = {one.key: one.value.string_value for one in line.attributes}
    assert (facts["request_id"], facts["level"], line.severity_number) == ("id-1", "info", 9)
    assert collector.names == {"held"}


async def test_a_collector_that_is_away_costs_no_request(tmp_path: Path) -> None:
    gate = Gate(tmp_path)
    gate.open()
    nowhere = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", **SOON}
    async with running(SERVICE, GATE=gate, **nowhere) as service, httpx2.AsyncClient() as browser:
        answer = await browser.get(await service.url() + HOLD)
        assert answer.json() == "released"


def test_without_a_place_to_export_to_nothing_of_it_is_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", OFF], capture_output=True, text=True, check=False, env={}
    )
    assert done.returncode == 0, done.stdout + done.stderr
