"""Takes the spans that services export by OTLP, and shows each trace once it is complete."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from types import TracebackType
from typing import Self

from generator.errors import MissingPrerequisiteError

# Services export what they have every half second; a trace is over when nothing came for longer.
EXPORT_MILLISECONDS = 500
QUIET_SECONDS = 2.0
_LOOK_SECONDS = 0.2
# A trace that never ends must not fill the memory.
_MOST_SPANS = 500
_LARGEST_BODY = 16 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """One step of a trace; times are in seconds."""

    trace: str
    id: str
    parent: str
    service: str
    name: str
    start: float
    end: float
    is_failed: bool


def show_trace(spans: Sequence[Span]) -> str:
    """A trace as a tree: each step below its cause, when it began and how long it took."""
    begin = min(span.start for span in spans)
    seconds = max(span.end for span in spans) - begin
    services = len({span.service for span in spans})
    lines = [f"trace {spans[0].trace}: {seconds * 1000:.0f} ms, services: {services}"]
    rows = list(_rows(spans))
    widest = max((len(text) for text, _ in rows), default=0)
    for text, span in rows:
        took = (span.end - span.start) * 1000
        failed = "  failed" if span.is_failed else ""
        lines.append(
            f"  {text:<{widest}}  +{(span.start - begin) * 1000:.0f} ms  {took:.1f} ms{failed}"
        )
    return "\n".join(lines)


def _rows(spans: Sequence[Span]) -> Iterator[tuple[str, Span]]:
    known = {span.id for span in spans}
    children: dict[str, list[Span]] = {}
    for span in sorted(spans, key=lambda span: span.start):
        # The one that caused it may be in what made the request, and exports nothing here.
        children.setdefault(span.parent if span.parent in known else "", []).append(span)
    waiting = [(span, 0) for span in reversed(children.get("", []))]
    while waiting:
        span, depth = waiting.pop()
        yield f"{'  ' * depth}{span.service}  {span.name}", span
        waiting += [(child, depth + 1) for child in reversed(children.pop(span.id, []))]


class TraceCollector:
    """Listens on loopback while it is open; shows what it was given when it closes.

    Args:
        show: called with each trace, from a thread of its own.
    """

    def __init__(self, show: Callable[[Sequence[Span]], None]) -> None:
        self._show = show
        self._lock = threading.Lock()
        self._traces: dict[str, list[Span]] = {}
        self._last: dict[str, float] = {}
        self._over = threading.Event()

    def __enter__(self) -> Self:
        """Begin to listen.

        Raises:
            MissingPrerequisiteError: what reads exports is not installed.
        """
        try:
            self._read = import_module("generator.running.otlp").read_spans
        except ImportError:
            raise MissingPrerequisiteError(
                "What reads traces is not installed.",
                hint="It comes with an extra of the generator: generator[observe].",
            ) from None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._take))
        self._threads = [
            threading.Thread(target=work, daemon=True)
            for work in (self._server.serve_forever, self._watch)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._server.shutdown()
        for thread in self._threads:
            thread.join()
        self._server.server_close()

    @property
    def variables(self) -> dict[str, str]:
        """What a service is told to export its spans here."""
        return {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self._server.server_port}",
            "OTEL_METRICS_EXPORTER": "none",
            "OTEL_LOGS_EXPORTER": "none",
            "OTEL_BSP_SCHEDULE_DELAY": str(EXPORT_MILLISECONDS),
        }

    def _take(self, body: bytes) -> None:
        for span in self._read(body):
            with self._lock:
                kept = self._traces.setdefault(span.trace, [])
                if len(kept) < _MOST_SPANS:
                    kept.append(span)
                self._last[span.trace] = time.monotonic()

    def _watch(self) -> None:
        is_over = False
        while not is_over:
            is_over = self._over.wait(_LOOK_SECONDS)
            for spans in self._complete(everything=is_over):
                self._show(spans)

    def _complete(self, *, everything: bool) -> list[list[Span]]:
        now = time.monotonic()
        with self._lock:
            quiet = [
                trace
                for trace, last in self._last.items()
                if everything or now - last > QUIET_SECONDS
            ]
            for trace in quiet:
                del self._last[trace]
            return [self._traces.pop(trace) for trace in quiet]


def _handler(take: Callable[[bytes], None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Takes one export."""

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            try:
                take(self.rfile.read(length) if length <= _LARGEST_BODY else b"")
                self.send_response(200)
            except ValueError:
                self.send_response(400)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing: the terminal is for what services do."""

    return Handler
