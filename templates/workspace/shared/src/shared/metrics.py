"""Counts and times requests by route template, and serves what is counted to Prometheus."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import (
    CollectorRegistry,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    start_http_server,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from shared.asgi import StatusRecorder, route_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.asgi import App, Receive, Scope, Send

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def new_registry() -> CollectorRegistry:
    """Make the registry of one application, with the metrics of its process."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry


def metrics_router(registry: CollectorRegistry) -> APIRouter:
    """Return the route /metrics, in Prometheus' text format."""
    router = APIRouter(include_in_schema=False)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


@contextmanager
def metrics_server(registry: CollectorRegistry, host: str, port: int) -> Iterator[int]:
    """Serve /metrics at a port of its own, from a thread, and yield the port.

    Raises OSError when the port cannot be had. It answers as long as the process lives, also
    while the process drains or its event loop is blocked.
    """
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as error:
        error.add_note("while opening METRICS_PORT")
        raise
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class RequestMetrics:
    """What is measured of each request: how many, how long, how many at once."""

    def __init__(self, registry: CollectorRegistry) -> None:
        seconds = Histogram(
            "http_request_duration_seconds",
            "Time from the first byte of a request to the last of its response.",
            ("method", "route", "status"),
            registry=registry,
        )
        in_progress = Gauge(
            "http_requests_in_progress",
            "Requests being served now.",
            ("method",),
            registry=registry,
        )
        # Finding a time series by its labels takes longer than counting in it.
        self.seconds = cache(seconds.labels)
        self.in_progress = cache(in_progress.labels)


class MetricsMiddleware:
    """Measures each request."""

    def __init__(self, app: App, metrics: RequestMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and measure it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # A caller may invent methods; the number of time series must not follow.
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        recorder, started = StatusRecorder(send), perf_counter()
        in_progress = self._metrics.in_progress(method)
        in_progress.inc()
        try:
            await self._app(scope, receive, recorder)
        finally:
            in_progress.dec()
            seconds = self._metrics.seconds(method, route_template(scope), recorder.status)
            seconds.observe(perf_counter() - started)
