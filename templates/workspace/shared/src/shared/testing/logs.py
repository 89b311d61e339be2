"""Logging as the process does it."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from shared.log import configure_logging

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.settings import ServiceSettings


@contextmanager
def logged(settings: ServiceSettings) -> Iterator[None]:
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
