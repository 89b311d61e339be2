"""The application in this process: its environment, a client without a socket, its log."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import httpx2
import structlog

from shared.log import configure_logging
from shared.settings import environment_names

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    import pytest
    from fastapi import FastAPI
    from pydantic_settings import BaseSettings

    from shared.settings import ServiceSettings


def set_environment(
    patch: pytest.MonkeyPatch, settings: type[BaseSettings], **variables: str
) -> None:
    """Unset every variable that these settings read, then set the given ones."""
    for name in environment_names(settings):
        patch.delenv(name, raising=False)
    for name, value in variables.items():
        patch.setenv(name, value)


@asynccontextmanager
async def client(
    app: FastAPI, *, headers: Mapping[str, str] | None = None
) -> AsyncIterator[httpx2.AsyncClient]:
    """Open the application's resources and yield a client of it; closes both at the end."""
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app), base_url="http://service", headers=headers
        ) as connected,
    ):
        yield connected


@contextmanager
def logged(settings: ServiceSettings) -> Iterator[None]:
    """Write the log to stdout, at its most talkative; restore pytest's way afterwards."""
    root = logging.getLogger()
    handlers, level, configured = root.handlers[:], root.level, structlog.get_config()
    configure_logging(settings.model_copy(update={"log_level": "DEBUG"}))
    try:
        yield
    finally:
        structlog.configure(**configured)
        logging.captureWarnings(capture=False)
        root.handlers[:] = handlers
        root.setLevel(level)


def log_plainly() -> None:
    """Show tracebacks in tests as Python does: with every frame's locals one takes seconds."""
    plain = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    before = structlog.get_config()["processors"]
    structlog.configure(processors=[*before[:-1], plain])
