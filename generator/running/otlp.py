"""Reads what is exported by OTLP; imported only where traces are asked for."""

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from generator.running.traces import Span

_FAILED = 2  # STATUS_CODE_ERROR


def read_spans(body: bytes) -> list[Span]:
    """The spans of one export.

    Raises:
        ValueError: it is no export of spans.
    """
    try:
        request = ExportTraceServiceRequest.FromString(body)
    except DecodeError as error:
        raise ValueError(str(error)) from error
    found = []
    for of_service in request.resource_spans:
        named = {one.key: one.value.string_value for one in of_service.resource.attributes}
        for scope in of_service.scope_spans:
            found += [
                Span(
                    trace=span.trace_id.hex(),
                    id=span.span_id.hex(),
                    parent=span.parent_span_id.hex(),
                    service=named.get("service.name", "?"),
                    name=span.name,
                    start=span.start_time_unix_nano / 1e9,
                    end=span.end_time_unix_nano / 1e9,
                    is_failed=span.status.code == _FAILED,
                )
                for span in scope.spans
            ]
    return found
