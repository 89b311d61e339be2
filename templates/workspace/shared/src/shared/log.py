"""Writes one line per event, ours and every library's alike, with the request id in it."""

from __future__ import annotations

import json
import logging
import sys
from time import perf_counter
from typing import TYPE_CHECKING

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.tracebacks import ExceptionDictTransformer

from shared.asgi import StatusRecorder, route_template

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

    from shared.asgi import App, Receive, Scope, Send
    from shared.settings import ServiceSettings

QUIET_ROUTES = frozenset({"/health", "/ready", "/metrics"})


def configure_logging(settings: ServiceSettings) -> None:
    """Send all logging of this process to stdout as JSON lines, or for reading at a console."""
    common = _common_processors(settings.service_name)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *common,
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=common,
            processors=[ProcessorFormatter.remove_processors_meta, *_renderers(settings)],
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.log_level, force=True)


def _common_processors(service_name: str) -> list[Processor]:
    def add_service(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["service"] = service_name
        return event

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_service,
    ]


def _renderers(settings: ServiceSettings) -> list[Processor]:
    if settings.log_format == "console":
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(exception_formatter=plain)]
    # Local variables hold secrets: they stay out of every traceback.
    frames = ExceptionDictTransformer(show_locals=False)
    return [
        structlog.processors.ExceptionRenderer(frames),
        structlog.processors.JSONRenderer(serializer=json.dumps, default=str),
    ]


class AccessLogMiddleware:
    """Writes one line per request, with whatever was bound while it was served."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._log = structlog.stdlib.get_logger("access")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and log how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        recorder, started = StatusRecorder(send), perf_counter()
        try:
            await self._app(scope, receive, recorder)
        finally:
            route = route_template(scope)
            self._log.log(
                logging.DEBUG if route in QUIET_ROUTES else logging.INFO,
                "request",
                method=scope["method"],
                route=route,
                status=recorder.status,
                duration_ms=round((perf_counter() - started) * 1000, 2),
            )
