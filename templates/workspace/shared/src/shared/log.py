"""Writes one line per event, ours and every library's alike, with the request id in it.

The names in a line are those of OpenTelemetry's semantic conventions: `message` is the text,
`service.name`, `http.request.method`, `http.route`, `url.path`, `http.response.status_code`,
`client.address`, `exception.type`, `exception.message`, `exception.stacktrace`, `trace_id`.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from time import perf_counter
from typing import TYPE_CHECKING, TextIO

import structlog
from opentelemetry import trace
from opentelemetry._logs import SeverityNumber, get_logger_provider
from structlog.stdlib import ProcessorFormatter

from shared.asgi import StatusRecorder, route_template

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

    from shared.asgi import App, Receive, Scope, Send
    from shared.settings import ServiceSettings

# What machines ask every few seconds is logged at DEBUG.
QUIET_ROUTES = frozenset({"/health", "/ready", "/metrics"})
# A longer path is an attempt to fill the log.
MAX_PATH = 1000

# Below these, the first logs the whole URL of each request, and the other the body of each message.
_LEAST_LEVELS = {"httpx2": logging.WARNING, "aiormq": logging.INFO}

# ASCII only, so that no locale of stdout can refuse a line.
_encode = json.JSONEncoder(default=str).encode


def configure_logging(settings: ServiceSettings) -> None:
    """Send all logging of this process to stdout as JSON lines, or for reading at a console."""
    common, renderers = _common_processors(settings.service_name), _renderers(settings)
    # Ours are written without a LogRecord, which would cost as much again as all the rest.
    structlog.configure(
        processors=[*common, *renderers],
        logger_factory=_StdoutLogger,
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        cache_logger_on_first_use=False,
    )
    handler = _StdoutHandler()
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=common,
            processors=[ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    logging.captureWarnings(capture=True)
    wanted = logging.getLevelNamesMapping()[settings.log_level]
    for library, least in _LEAST_LEVELS.items():
        logging.getLogger(library).setLevel(max(least, wanted))
    logging.basicConfig(handlers=[handler], level=settings.log_level, force=True)


class _StdoutLogger:
    """Writes lines to what stdout is at that moment: a test that captures it replaces it."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def msg(self, line: str) -> None:
        """Write one line, if that is possible: work does not fail because its log is full."""
        try:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
        except (OSError, ValueError):
            return

    debug = info = warning = error = critical = msg


class _StdoutHandler(logging.StreamHandler[TextIO]):
    """Writes the lines of other people's loggers to what stdout is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stdout
        super().emit(record)


def _common_processors(service_name: str) -> list[Processor]:
    def add_service(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["service.name"] = service_name
        return event

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_service,
        _add_trace,
    ]


def _add_trace(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        event["trace_id"] = trace.format_trace_id(span.trace_id)
    return event


def _renderers(settings: ServiceSettings) -> list[Processor]:
    if settings.log_format == "console":
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(exception_formatter=plain)]
    return [
        _describe_exception,
        structlog.processors.EventRenamer("message"),
        _export,
        structlog.processors.JSONRenderer(serializer=_to_json),
    ]


def _describe_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else None
    if given and error is None:
        # `True` for the one that is being handled, or a LogRecord's tuple.
        error = given[1] if isinstance(given, tuple) else sys.exc_info()[1]
    if error is not None:
        event["exception.type"] = type(error).__qualname__
        event["exception.message"] = str(error)
        # Without local variables: they hold secrets.
        event["exception.stacktrace"] = "".join(traceback.format_exception(error))
    return event


def _export(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Give the line to OpenTelemetry too, once FastAPI has found where that is to send it."""
    provider = get_logger_provider()
    # What the exporter says of itself would be the next that it has to export.
    if hasattr(provider, "add_log_record_processor") and "opentelemetry" not in event["logger"]:
        level = logging.getLevelNamesMapping()[event["level"].upper()] * 4 // 10 + 1
        facts = {name: str(value) for name, value in event.items() if name != "message"}
        provider.get_logger(__name__).emit(
            severity_number=SeverityNumber(level), body=event["message"], attributes=facts
        )
    return event


def _to_json(event: EventDict, **_: object) -> str:
    return _encode(event)


class AccessLogMiddleware:
    """Writes one line per request, with whatever was bound while it was served."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._log = structlog.stdlib.get_logger("access")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and log how it went; never its query, which may hold secrets."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        recorder, started = StatusRecorder(send), perf_counter()
        try:
            await self._app(scope, receive, recorder)
        finally:
            seconds = perf_counter() - started
            path, route = scope["path"][:MAX_PATH], route_template(scope)
            self._log.log(
                logging.DEBUG if route in QUIET_ROUTES else logging.INFO,
                f"{scope['method']} {path} {recorder.status}",
                **{
                    "http.request.method": scope["method"],
                    "url.path": path,
                    "http.route": route,
                    "http.response.status_code": recorder.status,
                    "client.address": (scope.get("client") or ("",))[0],
                    "duration_ms": round(seconds * 1000, 2),
                },
            )
