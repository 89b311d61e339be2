"""Logging as the process does it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from app.settings import Settings
from shared.log import configure_logging


@contextmanager
def logged(settings: Settings) -> Iterator[None]:
    """Write the log to stdout, at its most talkative; restore pytest's way afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging(settings.model_copy(update={"log_level": "DEBUG"}))
    try:
        yield
    finally:
        structlog.reset_defaults()
        logging.captureWarnings(capture=False)
        root.handlers[:] = handlers
        root.setLevel(level)
