"""Counts and times what is asked of other services, for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge, Histogram

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry


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
