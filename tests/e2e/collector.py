"""A collector that speaks OTLP, as a company has one beside its system."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Collector(ThreadingHTTPServer):
    """Keeps what services export."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.kept: dict[str, Any] = {
            "/v1/traces": ExportTraceServiceRequest(),
            "/v1/metrics": ExportMetricsServiceRequest(),
            "/v1/logs": ExportLogsServiceRequest(),
        }
        # Services export side by side.
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def spans(self, trace_id: str) -> dict[str, set[str]]:
        """By service, the names of its spans in a trace."""
        with self.lock:
            return _by_service(
                (one.resource, span.name)
                for one in self.kept["/v1/traces"].resource_spans
                for scope in one.scope_spans
                for span in scope.spans
                if span.trace_id.hex() == trace_id
            )

    def lines(self, trace_id: str) -> dict[str, set[str]]:
        """By service, the lines that it logged in a trace."""
        with self.lock:
            return _by_service(
                (one.resource, line.body.string_value)
                for one in self.kept["/v1/logs"].resource_logs
                for scope in one.scope_logs
                for line in scope.log_records
                if line.trace_id.hex() == trace_id
            )

    def measured(self) -> dict[str, set[str]]:
        """By service, the names of what it measured."""
        with self.lock:
            return _by_service(
                (one.resource, metric.name)
                for one in self.kept["/v1/metrics"].resource_metrics
                for scope in one.scope_metrics
                for metric in scope.metrics
            )


@contextmanager
def collecting() -> Iterator[Collector]:
    """Take what is sent until the block is left."""
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Taking(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            self.server.kept[self.path].MergeFromString(body)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _by_service(found: Iterator[tuple[Any, str]]) -> dict[str, set[str]]:
    named: dict[str, set[str]] = {}
    for resource, text in found:
        facts = {one.key: one.value.string_value for one in resource.attributes}
        named.setdefault(facts["service.name"], set()).add(text)
    return named
