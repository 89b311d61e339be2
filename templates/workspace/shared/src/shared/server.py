"""Serves an application until told to stop, and stops without losing a request."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
from contextlib import contextmanager, suppress
from threading import Timer
from typing import TYPE_CHECKING

import structlog
import uvicorn
from uvicorn.config import STARTUP_FAILURE

from shared.background import cancel_all
from shared.errors import ConfigurationError, ServiceError
from shared.metrics import metrics_server
from shared.settings import EXIT_CODE

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from shared.asgi import Message
    from shared.settings import ServiceSettings
    from shared.web import Service

CLOSE_SECONDS = 5.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_log = structlog.stdlib.get_logger(__name__)


def serve(app: Service, settings: ServiceSettings) -> None:
    """Serve until SIGTERM or SIGINT, then stop in order; the process is then to exit with 0.

    First /ready says 503 for `drain_seconds` while requests are still served; then nothing new
    is accepted and what is in flight has `shutdown_grace_seconds` to finish; then the resources
    have CLOSE_SECONDS to close. Whatever takes longer is cut. A second signal ends it at once.
    /metrics has a port of its own, unless that is the service's. What does not open ends it with
    3, or with 2 when the environment is to blame; the last line of the log says why.
    """
    try:
        with suppress(asyncio.CancelledError), _metrics_beside(app, settings):
            _Server(app, settings).run()
    except Exception as error:  # noqa: BLE001 - the last line says why it ends
        # Anything else is a defect, and its place is wanted.
        expected = isinstance(error, (ConfigurationError, ServiceError, OSError))
        reason = ", ".join((str(error) or repr(error), *getattr(error, "__notes__", ())))
        _log.error(f"the process ends: {reason}", exc_info=None if expected else error)
        sys.exit(EXIT_CODE if isinstance(error, ConfigurationError) else STARTUP_FAILURE)


@contextmanager
def _metrics_beside(app: Service, settings: ServiceSettings) -> Iterator[None]:
    port = settings.metrics_at_port
    if port and port == settings.port:
        yield
        return
    with metrics_server(app.registry, settings.host, port) as found:
        _log.info("metrics are served", **{"url.full": f"http://{settings.host}:{found}/metrics"})
        yield


class _Server(uvicorn.Server):
    def __init__(self, app: Service, settings: ServiceSettings) -> None:
        trusted = settings.forwarded_allow_ips
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            lifespan="off",  # uvicorn's, whose failures are tracebacks
            log_config=None,
            access_log=False,
            server_header=False,
            # To uvicorn, "*" means everybody only where it stands alone.
            forwarded_allow_ips="*" if "*" in trusted else list(trusted),
            timeout_graceful_shutdown=settings.shutdown_grace_seconds,
        )
        super().__init__(config)
        self._app, self._drain_seconds = app, settings.drain_seconds
        self._stopping = False
        allowed = settings.drain_seconds + settings.shutdown_grace_seconds + CLOSE_SECONDS
        self._deadline = Timer(allowed, _exit_now, (1,))
        self._deadline.daemon = True

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve in a task of its own, so that a signal during start-up can end it."""
        self._serving = asyncio.ensure_future(super().serve(sockets))
        try:
            await self._serving
        finally:
            # `run` would cancel what is left only once.
            await cancel_all(asyncio.all_tasks() - {asyncio.current_task()})

    async def _serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve while the application waits for its shutdown; what it raises is raised here."""
        serve, messages = super()._serve, iter(("lifespan.startup", "lifespan.shutdown"))

        async def receive() -> Message:
            message = next(messages)
            if message == "lifespan.shutdown":
                await serve(sockets)
            return {"type": message}

        async def send(_: Message) -> None:
            """Leave it: a failure is raised as well."""

        await self._app({"type": "lifespan", "state": {}}, receive, send)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen; spare the garbage collector what is there by then."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals while serving; uvicorn's way would end in the signal's exit code."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._stop, number, loop)
        try:
            yield
        finally:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)

    def _stop(self, number: signal.Signals, loop: asyncio.AbstractEventLoop) -> None:
        if self._stopping:
            _log.warning("stopping at once", signal=number.name)
            _exit_now(128 + number)
        self._stopping = True
        _log.info("stopping", signal=number.name, drain_seconds=self._drain_seconds)
        # It outlives the server: a thread that is stuck must not keep the process either.
        self._deadline.start()
        self._app.lifecycle.start_draining()
        if self.started:
            loop.call_later(self._drain_seconds, self._stop_accepting)
        else:
            # Still opening resources: nothing to finish, what is open is closed again.
            self._cutting = asyncio.ensure_future(cancel_all([self._serving]))

    def _stop_accepting(self) -> None:
        self.should_exit = True


def _exit_now(code: int) -> None:
    logging.shutdown()
    os._exit(code)
