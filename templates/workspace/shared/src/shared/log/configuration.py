"""Gives all logging of a process one form."""

from __future__ import annotations

import json
import logging
import sys
from typing import TYPE_CHECKING, TextIO

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.tracebacks import ExceptionDictTransformer

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

    from shared.settings import ServiceSettings


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
    handler = _StdoutHandler()
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=common,
            processors=[ProcessorFormatter.remove_processors_meta, *_renderers(settings)],
        )
    )
    logging.captureWarnings(capture=True)
    # One line at INFO for every outgoing request, with all of its URL.
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    logging.basicConfig(handlers=[handler], level=settings.log_level, force=True)


class _StdoutHandler(logging.StreamHandler[TextIO]):
    """Writes to what stdout is at that moment: a test that captures it replaces it."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stdout
        super().emit(record)


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
