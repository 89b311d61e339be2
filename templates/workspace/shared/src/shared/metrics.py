"""Counts and times requests by route template, for Prometheus."""

from __future__ import annotations

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
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from shared.asgi import StatusRecorder, route_template

if TYPE_CHECKING:
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


class RequestMetrics:
    """What is measured of each request: how many, how long, how many at once."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.seconds = Histogram(
            "http_request_duration_seconds",
            "Time from the first byte of a request to the last of its response.",
            ("method", "route", "status"),
            registry=registry,
        )
        self.in_progress = Gauge(
            "http_requests_in_progress",
            "Requests being served now.",
            ("method",),
            registry=registry,
        )


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
        with self._metrics.in_progress.labels(method).track_inprogress():
            try:
                await self._app(scope, receive, recorder)
            finally:
                labels = method, route_template(scope), str(recorder.status)
                self._metrics.seconds.labels(*labels).observe(perf_counter() - started)
