"""Counts and times what is asked of other services, for Prometheus."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from shared.lifecycle import Resource, Resources

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.http.instances import Instance


class ClientMetrics:
    """The metrics that all clients of a process share."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.seconds = Histogram(
            "http_client_request_duration_seconds",
            "Time of one attempt, from sending it to the last byte of its answer.",
            ("target", "method", "outcome"),
            registry=registry,
        )
        self.retries = Counter(
            "http_client_retries",
            "Attempts after the first one.",
            ("target",),
            registry=registry,
        )
        self.ejected = Gauge(
            "http_client_instance_ejected",
            "1 while the circuit to an instance is open: it failed and is left alone.",
            ("target", "instance"),
            registry=registry,
        )


class TargetMetrics:
    """The same metrics, of one target."""

    def __init__(self, metrics: ClientMetrics, target: str) -> None:
        self._metrics, self._target = metrics, target

    def attempted(self, method: str, outcome: str, seconds: float) -> None:
        """Take note of an attempt; its outcome is a status, or the kind of error."""
        self._metrics.seconds.labels(self._target, method, outcome).observe(seconds)

    def retried(self) -> None:
        """Take note of a retry."""
        self._metrics.retries.labels(self._target).inc()

    def ejected(self, instance: Instance, *, ejected: bool) -> None:
        """Take note of the circuit to an instance."""
        self._metrics.ejected.labels(self._target, str(instance)).set(ejected)

    def gone(self, instance: Instance) -> None:
        """Forget an instance that is not there any more."""
        if instance.ejections:
            self._metrics.ejected.remove(self._target, str(instance))


@asynccontextmanager
async def open_metrics(resources: Resources) -> AsyncIterator[ClientMetrics]:
    """Register the metrics with the application's own."""
    yield ClientMetrics(resources.get(CollectorRegistry))


CLIENT_METRICS = Resource(provides=ClientMetrics, open=open_metrics, requires=(CollectorRegistry,))
