"""Serves an application until told to stop, and stops without losing a request."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
from contextlib import ExitStack, contextmanager, suppress
from threading import Timer
from typing import TYPE_CHECKING

import structlog
import uvicorn
from uvicorn.config import STARTUP_FAILURE

from shared.background import cancel_all
from shared.metrics import metrics_server

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from shared.settings import ServiceSettings
    from shared.web import Service

CLOSE_SECONDS = 5.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def serve(app: Service, settings: ServiceSettings) -> None:
    """Serve until SIGTERM or SIGINT, then stop in order; the process is then to exit with 0.

    First /ready says 503 for `drain_seconds` while requests are still served; then nothing new
    is accepted and what is in flight has `shutdown_grace_seconds` to finish; then the resources
    have CLOSE_SECONDS to close. Whatever takes longer is cut. A second signal ends it at once.
    /metrics has a port of its own, unless that is the port of the service itself.
    """
    with suppress(asyncio.CancelledError), _metrics_beside(app, settings):
        _Server(app, settings).run()


@contextmanager
def _metrics_beside(app: Service, settings: ServiceSettings) -> Iterator[None]:
    port = settings.metrics_at_port
    if port and port == settings.port:
        yield
        return
    log = structlog.stdlib.get_logger(__name__)
    with ExitStack() as stack:
        try:
            found = stack.enter_context(metrics_server(app.registry, settings.host, port))
        except OSError:
            log.exception("METRICS_PORT cannot be had", port=port)
            sys.exit(STARTUP_FAILURE)
        log.info("metrics are served", **{"url.full": f"http://{settings.host}:{found}/metrics"})
        yield


class _Server(uvicorn.Server):
    def __init__(self, app: Service, settings: ServiceSettings) -> None:
        trusted = settings.forwarded_allow_ips
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            # To uvicorn, "*" means everybody only where it stands alone.
            forwarded_allow_ips="*" if "*" in trusted else list(trusted),
            timeout_graceful_shutdown=settings.shutdown_grace_seconds,
        )
        super().__init__(config)
        self._lifecycle, self._drain_seconds = app.lifecycle, settings.drain_seconds
        self._log = structlog.stdlib.get_logger(__name__)
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
            # Cut off while starting, uvicorn leaves behind what opens the resources.
            await cancel_all(asyncio.all_tasks() - {asyncio.current_task()})

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the resources and listen; spare the garbage collector what is there by then."""
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
            self._log.warning("stopping at once", signal=number.name)
            _exit_now(128 + number)
        self._stopping = True
        self._log.info("stopping", signal=number.name, drain_seconds=self._drain_seconds)
        # It outlives the server: a thread that is stuck must not keep the process either.
        self._deadline.start()
        self._lifecycle.start_draining()
        if self.started:
            loop.call_later(self._drain_seconds, self._stop_accepting)
        else:
            # Still opening resources: nothing to finish, what is open is closed again.
            self._serving.cancel()

    def _stop_accepting(self) -> None:
        self.should_exit = True


def _exit_now(code: int) -> None:
    logging.shutdown()
    os._exit(code)
